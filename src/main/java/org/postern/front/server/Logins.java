package org.postern.front.server;

import java.util.Set;
import org.postern.config.Listen;
import org.postern.mail.Chunk;

/// Who knows which passwords are right; the sessions only ask. May be asked from any thread; an
/// answer may take many seconds, since those who guess are made to wait.
public interface Logins {
    /// What came of a question.
    sealed interface Finding {
        /// The password is right.
        record Right() implements Finding {}

        /// It is wrong, or nobody has that name: which of the two is not told.
        record Wrong() implements Finding {}

        /// It could not be found out.
        ///
        /// @param why for the log
        record Unknown(String why) implements Finding {}
    }

    /// What a client that shows its password without sending it is asked for first.
    sealed interface Salting {
        /// How its password is kept; of a name that nobody has, something that looks like it.
        record Salted(Chunk salt, int iterations) implements Salting {}

        /// It could not be found out.
        record Unknown(String why) implements Salting {}
    }

    /// What came of a token.
    sealed interface Bearing {
        /// It is a token of `user`.
        record Named(String user) implements Bearing {}

        /// It is nobody's, or not of whom the client says.
        record Wrong() implements Bearing {}

        /// It could not be found out.
        record Unknown(String why) implements Bearing {}
    }

    /// What came of a proof that the client has the password.
    sealed interface Proving {
        /// It has, and this is the proof that the server knows it too.
        record Proved(Chunk signature) implements Proving {}

        /// It has not, or nobody has that name.
        record Wrong() implements Proving {}

        /// It could not be found out.
        record Unknown(String why) implements Proving {}
    }

    /// A client that wants to log in.
    ///
    /// @param book where its password is kept
    /// @param address of the client, as a key
    record Claimant(Listen.Logins book, String address, String user) {}

    /// How clients can show who they are.
    enum Way {
        /// By sending a password.
        PASSWORD,
        /// By SCRAM-SHA-256 (RFC 7677), with every login of the book.
        SCRAM,
        /// By a token (RFC 6750).
        TOKEN
    }

    /// Where nobody logs in.
    record Nobodys() implements Logins {
        private static final String WHY = "nobody logs in here";

        @Override
        public Finding check(Claimant claimant, Chunk password) {
            return new Finding.Unknown(WHY);
        }

        @Override
        public Set<Way> ways(Listen.Logins book) {
            return Set.of();
        }

        @Override
        public String nonce() {
            return "";
        }

        @Override
        public Salting salt(Claimant claimant) {
            return new Salting.Unknown(WHY);
        }

        @Override
        public Proving prove(Claimant claimant, Chunk said, Chunk proof) {
            return new Proving.Unknown(WHY);
        }

        @Override
        public Bearing bear(Claimant claimant, Chunk token) {
            return new Bearing.Unknown(WHY);
        }
    }

    /// Does the password belong to the login?
    Finding check(Claimant claimant, Chunk password);

    /// What every login of this book can do, as far as that is known.
    Set<Way> ways(Listen.Logins book);

    /// What nobody can have guessed, in printable ASCII without commas (RFC 5802 section 5.1).
    String nonce();

    /// How the password of a login is kept (RFC 5802 section 5.1).
    Salting salt(Claimant claimant);

    /// Does the proof show that the client has the password?
    ///
    /// @param said the AuthMessage of RFC 5802 section 3
    Proving prove(Claimant claimant, Chunk said, Chunk proof);

    /// Whose is the token? The claimant's name is empty where the client says none.
    Bearing bear(Claimant claimant, Chunk token);
}
