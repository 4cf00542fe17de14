package org.postern.ipc;

import java.time.Duration;
import java.util.Set;
import org.postern.mail.Chunk;

/// Clients that log in: what `front` asks `keeper`. What passwords are compared with never travels.
///
///     front: Check                               keeper: Right | Wrong | Wait | Unavailable
///     front: Ways                                keeper: Offered | Unavailable
///     front: Salt                                keeper: Salted | Wait | Unavailable
///     front: Bear                                keeper: Named | Wrong | Wait | Unavailable
///     front: Prove                               keeper: Proved | Wrong | Wait | Unavailable
///
/// `front` speaks with strangers, and may be theirs. Then it learns the passwords that clients send
/// meanwhile, and can guess no faster than a client: who guesses waits here.
public sealed interface Authentication {
    /// The longest question, in bytes.
    int LONGEST = 32 * 1024;

    /// Where the passwords of a listener are kept.
    sealed interface Book {
        /// The accounts of the system.
        record Accounts() implements Book {}

        /// The table of this name, which a listener names for it.
        record Table(String name) implements Book {}
    }

    /// Who wants to log in.
    ///
    /// @param address of the client, as a key, as `front` says
    record Claimant(Book book, String address, String user) {}

    /// Does the password belong to the login?
    record Check(Claimant claimant, Chunk password) implements Authentication {}

    /// What can be done with every login of a book?
    record Ways(Book book) implements Authentication {}

    /// How is the password kept, for SCRAM-SHA-256 (RFC 7677)?
    record Salt(Claimant claimant) implements Authentication {}

    /// Does the proof fit the password and what both ends said, the AuthMessage (RFC 5802 section
    /// 3)?
    record Prove(Claimant claimant, Chunk said, Chunk proof) implements Authentication {}

    /// Whose is this token?
    ///
    /// @param claimant whose name is empty if it says none
    record Bear(Claimant claimant, Chunk token) implements Authentication {}

    /// How the logins of a book can show who they are.
    enum Way {
        /// By sending their passwords.
        PASSWORD,
        /// By SCRAM-SHA-256, every one of them.
        SCRAM,
        /// By a token in the place of a password.
        TOKEN
    }

    /// What `keeper` answers.
    sealed interface Answer {
        /// It does.
        record Right() implements Answer {}

        /// It does not, or nobody has that name.
        record Wrong() implements Answer {}

        /// There were too many wrong ones: ask again after so long.
        record Wait(Duration howLong) implements Answer {}

        /// It could not be found out.
        record Unavailable(String why) implements Answer {}

        /// What the logins of the book can do.
        record Offered(Set<Way> ways) implements Answer {
            public Offered {
                ways = Set.copyOf(ways);
            }
        }

        /// It is a token of `user`.
        record Named(String user) implements Answer {}

        /// How the password is kept; of a name that nobody has, something that looks like it.
        record Salted(Chunk salt, int iterations) implements Answer {}

        /// It does, and `signature` shows the client that this server knows the password, too.
        record Proved(Chunk signature) implements Answer {}
    }

    /// The frames that `front` sends.
    static Frames<Authentication> frames() {
        return Frames.of(Authentication.class, LONGEST);
    }

    /// The frames that `keeper` sends.
    static Frames<Answer> answers() {
        return Frames.of(Answer.class);
    }
}
