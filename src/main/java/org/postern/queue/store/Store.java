package org.postern.queue.store;

import java.io.Closeable;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.postern.ipc.Submission;
import org.postern.mail.Envelope;
import org.postern.mail.EnvelopeId;
import org.postern.mail.MessageFacts;
import org.postern.mail.MessageId;
import org.postern.mail.Share;
import org.postern.mail.Urgency;

/// The queue on disk. May be used from any thread.
///
/// Envelopes are worked on under leases, so that a store which several machines share fits behind
/// this too; in the embedded store a lease always succeeds as long as the envelope lives.
public interface Store extends Closeable {
    /// An id for the next message, which nobody else gets until it is committed or given back.
    MessageId reserve();

    /// Gives back an id for which there will be no message.
    void giveBack(MessageId id);

    /// Begins a message, received at `created`. Nothing is on disk before it is committed, but for
    /// the content of a large one.
    Draft draft(MessageId id, MessageFacts facts, Instant created);

    /// Is there room for more mail?
    Submission.Space space();

    /// Shows every envelope that lives, in no order; meant for the start.
    void eachLive(Consumer<Entry> visitor);

    /// Reads the envelopes that still live, for work that ends before `until`; the others are left
    /// out.
    ///
    /// @throws Damaged if one cannot be read
    List<Leased> claim(List<EnvelopeId> wanted, Instant until) throws IOException;

    /// Reads one envelope, without a claim to it; empty if it does not live.
    ///
    /// @throws Damaged if it cannot be read
    Optional<Leased> look(EnvelopeId id) throws IOException;

    /// Where the content of a message is; empty if the message does not live.
    Optional<Content> content(MessageId message) throws IOException;

    /// How long the content of a message is, in bytes; 0 if the message does not live.
    long contentLength(MessageId message);

    /// The envelopes of a message that live.
    List<EnvelopeId> envelopes(MessageId message);

    /// Takes these changes over and returns at once; they are on disk a moment later. They survive
    /// anything but a crash within that moment, and hold for this store from now on.
    void change(List<Change> changes);

    /// Puts these changes, and the message if there is one, on disk together, and waits.
    ///
    /// @return the new envelopes, or why not: then nothing has changed
    Answer commit(Fresh fresh, List<Change> changes);

    /// Replaces an envelope by others of the same message, and waits.
    ///
    /// @return the new envelopes, or why not: then nothing has changed
    Answer replace(EnvelopeId replaced, List<Share> shares);

    /// Figures for `smtpctl show stats`: segments, live bytes and the like.
    Figures figures();

    /// Writes what is waiting and the index, and closes.
    @Override
    void close() throws IOException;

    /// A message of our own making.
    record Fresh(
            MessageFacts facts,
            Instant created,
            List<Share> shares,
            org.postern.mail.Chunk content) {
        public Fresh {
            shares = List.copyOf(shares);
        }
    }

    /// One envelope as a schedule sees it.
    ///
    /// @param lastTry epoch seconds, or 0
    record Entry(
            EnvelopeId id,
            Key key,
            Instant created,
            Urgency urgency,
            int tries,
            long lastTry,
            Mark mark,
            int warned,
            int deaths) {
        /// One that has just come.
        public static Entry fresh(EnvelopeId id, Key key, Instant created, Urgency urgency) {
            return new Entry(id, key, created, urgency, 0, 0, Mark.QUEUED, 0, 0);
        }
    }

    /// [State.Standing] without its words.
    enum Mark {
        QUEUED,
        HELD,
        DEAD
    }

    /// One envelope that may be worked on.
    record Leased(Envelope envelope, State state) {}

    /// A change to an envelope. Changes to envelopes that do not live any more mean nothing.
    sealed interface Change {
        /// The envelope.
        EnvelopeId envelope();

        /// It is in this state now.
        record Becomes(EnvelopeId envelope, State state) implements Change {}

        /// It is done.
        record Done(EnvelopeId envelope) implements Change {}
    }

    /// What came of a commit.
    sealed interface Answer {
        /// It is on disk; the envelopes are in the order of the shares.
        record Committed(List<EnvelopeId> envelopes) implements Answer {
            public Committed {
                envelopes = List.copyOf(envelopes);
            }
        }

        /// It is not, and will not be.
        record Refused(Submission.Cause cause, String text) implements Answer {}
    }

    /// Figures about the store.
    record Figures(int messages, int envelopes, int segments, long commits, long forces) {}
}
