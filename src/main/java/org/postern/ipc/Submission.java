package org.postern.ipc;

import java.util.List;
import org.postern.mail.Chunk;
import org.postern.mail.EnvelopeId;
import org.postern.mail.MessageFacts;
import org.postern.mail.MessageId;
import org.postern.mail.Share;

/// A message on its way into the queue: what `front` says to `queue`.
///
///     queue: Opened                              once, when the conversation begins
///     front: Begin Add+ Append* Commit           queue: Committed | Refused
///     front: Begin ... Abandon                   queue: Committed is never said; Abandoned
///     front: Reserve                             queue: Reserved
///     front: Whole+, after Reserve               queue: Committed | Refused, for each in order
///     front: Reserve, among those                queue: Reserved
///
/// Hanging up before Commit is answered means that nothing was queued. A conversation carries many
/// messages in turn. The id of the next message always comes with the answer to the last one, so
/// that taking in a message costs one round trip.
///
/// After Reserve a conversation is for whole messages only: up to [#MOST_UNDER_WAY] may be under
/// way in it, so that one write, one read and one wake-up serve many.
///
/// An id that was given out there may be used in any conversation, as long as that one lasts: so a
/// message can have its id before it is known how it will travel. The queue alone makes ids, and
/// takes none that it did not give out.
public sealed interface Submission {
    /// The longest word of `front`, in bytes. A thousand conversations may be in the middle of one
    /// at the same time.
    int LONGEST = 128 * 1024;

    /// A mail transaction has begun; the message has the id that this conversation was last given,
    /// or a reserved one.
    record Begin(MessageId id, MessageFacts facts) implements Submission {}

    /// One more recipient's share.
    record Add(Share share) implements Submission {}

    /// More content, lines ended by LF, dots unstuffed.
    record Append(Chunk content) implements Submission {}

    /// Put it on disk and answer: from then on the queue is responsible for it. `length` is the
    /// size of the content in bytes; it must be what was appended.
    record Commit(long length) implements Submission {}

    /// Forget it.
    record Abandon() implements Submission {}

    /// From now on whole messages follow. Said again, it asks for more ids.
    record Reserve() implements Submission {}

    /// All of a small message, to be put on disk and answered. `id` was reserved, or came with an
    /// answer, and was not used before.
    record Whole(MessageId id, MessageFacts facts, List<Share> shares, Chunk content)
            implements Submission {
        /// How many bytes of content it may have.
        public static final int LONGEST_CONTENT = 48 * 1024;

        /// How many shares it may have.
        public static final int MOST_SHARES = 8;

        public Whole {
            shares = List.copyOf(shares);
        }
    }

    /// How many whole messages may be under way in a conversation, and how many ids are reserved at
    /// a time.
    int MOST_UNDER_WAY = 64;

    /// What `queue` answers.
    sealed interface Answer {
        /// The conversation is open; the first message will be `next`.
        record Opened(MessageId next, Space space) implements Answer {}

        /// The message is on disk with these envelopes, in the order of the shares.
        record Committed(List<EnvelopeId> envelopes, MessageId next, Space space)
                implements Answer {}

        /// Nothing was queued, because of `cause`. `text` is for the log.
        record Refused(Cause cause, String text, MessageId next, Space space) implements Answer {}

        /// Messages may have these ids; where too many were given out and not used, there are none.
        record Reserved(List<MessageId> ids, Space space) implements Answer {}

        /// It is forgotten.
        record Abandoned(MessageId next, Space space) implements Answer {}
    }

    /// Is there room on the disk for more mail? When it is FULL, `front` refuses at MAIL with 452
    /// and asks again with Begin, Abandon.
    enum Space {
        FREE,
        FULL
    }

    /// Why a message was not queued; each is temporary.
    enum Cause {
        /// The disk is, or would have become, full.
        NO_SPACE,
        /// The disk failed.
        DISK_ERROR,
        /// The message breaks a rule of the conversation: a bug of ours.
        PROTOCOL
    }

    /// The frames that `front` sends.
    static Frames<Submission> frames() {
        return Frames.of(Submission.class, LONGEST);
    }

    /// The frames that `queue` sends.
    static Frames<Answer> answers() {
        return Frames.of(Answer.class);
    }
}
