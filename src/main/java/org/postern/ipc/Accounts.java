package org.postern.ipc;

import java.util.List;
import org.postern.mail.Chunk;
import org.postern.mail.Mailbox;

/// Users and their forward files: what `front` asks `delivery` during expansion.
///
///     front: Of                                  delivery: one Answer
///
/// Only names are spoken. Commands and files that a forward file names come back sealed.
public sealed interface Accounts {
    /// The longest question, in bytes.
    int LONGEST = 4 * 1024;

    /// Who is `user` in the userbase of `action`, and where does that user's mail go?
    record Of(String action, String user) implements Accounts {}

    /// Is there such a user in the userbase of `action`? The forward file is not looked at.
    record Exists(String action, String user) implements Accounts {}

    /// What `delivery` answers.
    sealed interface Answer {
        /// There is no such user.
        record NoAccount() implements Answer {}

        /// There is, and no forward file (or an empty one).
        record NoForward() implements Answer {}

        /// There is, and the forward file says this.
        record Forwards(List<Target> targets) implements Answer {}

        /// The forward file is not safe to follow. Mail is refused, so that the mistake is noticed.
        record Insecure(String why) implements Answer {}

        /// The forward file is being edited, or cannot be read or understood now.
        record Unreadable(String why) implements Answer {}

        /// Whether there is such a user, or what the user may do, could not be found out just now.
        record Unavailable(String why) implements Answer {}
    }

    /// One value of a forward file.
    sealed interface Target {
        /// A user of this machine, whether or not a backslash stood before the name.
        record User(String name) implements Target {}

        /// Another mailbox.
        record Elsewhere(Mailbox mailbox) implements Target {}

        /// A command.
        record Command(Chunk seal) implements Target {}

        /// A file to append to.
        record File(Chunk seal) implements Target {}

        /// `error:`, to refuse mail with this reply.
        record Refusal(int code, String text) implements Target {}
    }

    /// The frames that `front` sends.
    static Frames<Accounts> frames() {
        return Frames.of(Accounts.class, LONGEST);
    }

    /// The frames that `delivery` sends.
    static Frames<Answer> answers() {
        return Frames.of(Answer.class);
    }
}
