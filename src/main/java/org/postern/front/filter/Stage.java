package org.postern.front.filter;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.postern.mail.SessionId;

/// The way of one content through one program: lines go in, other lines come out. One thread puts
/// in, one takes out; the thread of the link brings what comes.
final class Stage {
    /// What came out of a program.
    sealed interface Out {
        /// A line, dots stuffed, without its end.
        record Line(Content content) implements Out {}

        /// The end of the content.
        record End() implements Out {}

        /// Nothing more comes.
        record Lost(String why) implements Out {}

        /// Nothing has come yet.
        record Nothing() implements Out {}
    }

    /// The bytes of a line; nobody changes them.
    static final class Content {
        private final byte[] bytes;

        Content(byte[] bytes) {
            this.bytes = bytes;
        }

        byte[] bytes() {
            return bytes;
        }

        private boolean isDot() {
            return bytes.length == 1 && bytes[0] == '.';
        }
    }

    private final Link link;
    private final SessionId session;
    private final long token;
    private final long most;
    private final BlockingQueue<Out> out = new LinkedBlockingQueue<>();
    private final AtomicLong held = new AtomicLong();

    // Only the link's thread, or who fails it; guarded by this.
    private long given;
    private boolean over;

    /// @param most how many bytes may come out
    Stage(Link link, SessionId session, long token, long most) {
        this.link = link;
        this.session = session;
        this.token = token;
        this.most = most;
    }

    long token() {
        return token;
    }

    /// What stands before each line that goes in at `at`.
    byte[] before(Instant at) {
        return Words.beforeLine(at, session, token);
    }

    /// Puts whole lines in; false if there was no room within `patience`.
    boolean put(byte[] lines, Duration patience) throws InterruptedException {
        return link.say(lines, patience);
    }

    /// Is there nobody any more who could read?
    boolean isLost() {
        return link.isOver();
    }

    /// The program has given a line. What comes after its end is not heard.
    void gave(byte[] bytes) throws InterruptedException {
        var content = new Content(bytes);
        synchronized (this) {
            if (over) {
                return;
            }
            given += bytes.length + 1;
            if (content.isDot()) {
                over = true;
                out.add(new Out.End());
                return;
            }
            if (given > most) {
                fail("it gives more than a message may have");
                return;
            }
        }
        link.makeRoom(bytes.length + 1);
        synchronized (this) {
            if (over) {
                link.untaken().release(bytes.length + 1);
            } else {
                held.addAndGet(bytes.length + 1);
                out.add(new Out.Line(content));
            }
        }
    }

    /// How many bytes wait to be taken out.
    long held() {
        return held.get();
    }

    /// Lets go of all that waits: others need the room.
    void giveUp() {
        synchronized (this) {
            over = true;
            empty();
            out.add(new Out.Lost("too much of it waits to be taken"));
        }
    }

    private void taken(Content content) {
        held.addAndGet(-(content.bytes().length + 1));
        link.untaken().release(content.bytes().length + 1);
    }

    private void empty() {
        for (var found = out.poll(); found != null; found = out.poll()) {
            if (found instanceof Out.Line(var content)) {
                taken(content);
            }
        }
    }

    /// Nothing more comes out.
    synchronized void fail(String why) {
        if (!over) {
            over = true;
            out.add(new Out.Lost(why));
        }
    }

    /// What comes out next, at most `patience` from now.
    Out next(Duration patience) throws InterruptedException {
        var found =
                patience.isZero() ? out.poll() : out.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
        if (found instanceof Out.Line(var content)) {
            taken(content);
        }
        return found == null ? new Out.Nothing() : found;
    }

    /// Lets go of what was not taken.
    void close() {
        fail("closed");
        empty();
    }
}
