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

    /// What can be done beside sending a password.
    enum Way {
        /// SCRAM-SHA-256 (RFC 7677), with every login of the book.
        SCRAM
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
    }

    /// Does the password belong to the login?
    Finding check(Claimant claimant, Chunk password);

    /// What every login of this book can do.
    Set<Way> ways(Listen.Logins book);

    /// What nobody can have guessed, in printable ASCII without commas (RFC 5802 section 5.1).
    String nonce();

    /// How the password of a login is kept (RFC 5802 section 5.1).
    Salting salt(Claimant claimant);

    /// Does the proof show that the client has the password?
    ///
    /// @param said the AuthMessage of RFC 5802 section 3
    Proving prove(Claimant claimant, Chunk said, Chunk proof);
}
