package org.postern.ipc;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/// One connection between rooms: words of one kind go out, words of another kind come in.
///
/// It belongs to one thread; but for [#listen]. What is said is gathered and goes out when this end
/// listens, or when it is flushed.
///
/// @param <S> what this end says
/// @param <H> what this end hears
public final class Conversation<S, H> implements Closeable {
    private final ByteChannel channel;
    private final Frames<S> said;
    private final Frames<H> heard;
    private final Frames.Output out = new Frames.Output();
    private final Deadlines.Watched deadline;
    private final Overheard overheard;
    private final long number;
    private ByteBuffer in = ByteBuffer.allocate(8192).limit(0);

    /// A conversation over `channel`, watched by `deadlines`.
    public Conversation(ByteChannel channel, Frames<S> said, Frames<H> heard, Deadlines deadlines) {
        this.channel = channel;
        this.said = said;
        this.heard = heard;
        this.deadline = deadlines.watch(channel);
        this.overheard = deadlines.overheard();
        this.number = overheard.begins(said.name(), heard.name());
    }

    /// Adds a word to what goes out.
    public void say(S word) throws IOException {
        add(word);
        if (out.length() > 64 * 1024) {
            flush();
        }
    }

    /// Sends what was said; waits at most a minute for the other end to take it.
    ///
    /// @throws HungUp if the other end is gone
    public void flush() throws IOException {
        flush(Duration.ofMinutes(1));
    }

    /// Says `word` at once; waits at most `patience` for the other end to take it.
    ///
    /// @throws HungUp if the other end is gone, or does not take it in time
    public void say(S word, Duration patience) throws IOException {
        add(word);
        flush(patience);
    }

    private void add(S word) {
        int before = out.length();
        said.write(word, out);
        overheard.said(number, word, out.length() - before);
    }

    private void flush(Duration patience) throws IOException {
        if (out.length() == 0) {
            return;
        }
        var bytes = out.bytes();
        deadline.in(patience);
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            throw gone(e);
        } finally {
            deadline.none();
        }
        overheard.sent(number, out.length());
        out.clear();
    }

    /// Sends what was said, then waits for the next word, at most `patience`.
    ///
    /// @throws HungUp if the other end is gone or says nothing in time
    /// @throws Malformed if it says what is no word of this conversation
    public H hear(Duration patience) throws IOException {
        flush();
        if (hasWord()) {
            return next();
        }
        deadline.in(patience);
        try {
            return next();
        } finally {
            deadline.none();
        }
    }

    /// Sends what was said, then waits for the next word for as long as it takes: for an end that
    /// serves, or that waits for work.
    public H hearWhenever() throws IOException {
        flush();
        return next();
    }

    /// Waits for the next word for as long as it takes, and sends nothing: for one thread that only
    /// listens while others, one at a time, [#say] and [#flush].
    public H listen() throws IOException {
        return next();
    }

    /// Has the next word come already?
    public boolean hasHeard() {
        return hasWord();
    }

    /// Is the other end still there? Takes in what has come, up to the length of a frame, and does
    /// not wait; what came is heard later. Over a socket only: of other channels nothing is known.
    public boolean isThere() {
        if (!(channel instanceof SocketChannel socket)) {
            return true;
        }
        try {
            socket.configureBlocking(false);
            try {
                return takesIn(socket);
            } finally {
                socket.configureBlocking(true);
            }
        } catch (IOException e) {
            return false;
        }
    }

    private boolean takesIn(SocketChannel socket) throws IOException {
        in.compact();
        try {
            int count = 1;
            while (count > 0 && (in.hasRemaining() || in.capacity() <= heard.longest())) {
                if (!in.hasRemaining()) {
                    in = ByteBuffer.allocate(2 * in.capacity()).put(in.flip());
                }
                count = socket.read(in);
            }
            return count >= 0;
        } finally {
            in.flip();
        }
    }

    private boolean hasWord() {
        return in.remaining() >= 4 && in.remaining() - 4 >= in.getInt(in.position());
    }

    private H next() throws IOException {
        fill(4);
        int length = in.getInt();
        if (length < 0 || length > heard.longest()) {
            throw new Malformed("a frame of " + length + " bytes");
        }
        fill(length);
        var frame = in.slice(in.position(), length);
        in.position(in.position() + length);
        var word = heard.read(frame);
        overheard.heard(number, word, 4 + length);
        if (in.capacity() > 128 * 1024 && !in.hasRemaining()) {
            in = ByteBuffer.allocate(8192).limit(0);
        }
        return word;
    }

    private void fill(int needed) throws IOException {
        if (in.remaining() >= needed) {
            return;
        }
        if (in.capacity() < needed) {
            in = ByteBuffer.allocate(Math.max(needed, in.capacity() * 2)).put(in);
        } else {
            in.compact();
        }
        try {
            while (in.position() < needed) {
                if (channel.read(in) < 0) {
                    throw new HungUp("the other end hung up");
                }
            }
        } catch (HungUp e) {
            throw e;
        } catch (IOException e) {
            throw gone(e);
        } finally {
            in.flip();
        }
    }

    private HungUp gone(IOException e) {
        var hungUp =
                new HungUp(
                        deadline.isOver()
                                ? "the other end did not answer in time"
                                : "the conversation broke: " + e.getMessage());
        hungUp.initCause(e);
        return hungUp;
    }

    /// Hangs up.
    @Override
    public void close() throws IOException {
        deadline.none();
        overheard.ends(number);
        channel.close();
    }
}
