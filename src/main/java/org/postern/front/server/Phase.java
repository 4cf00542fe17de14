package org.postern.front.server;

/// How far a session has come. What exists only in a phase lives in its record.
///
/// STARTTLS and AUTH (RFC 3207, RFC 4954) do not add phases: TLS leads back to [Unidentified], and
/// a login stays with the session.
sealed interface Phase {
    /// The client has not said who it is.
    record Unidentified() implements Phase {}

    /// It has said HELO or EHLO.
    record Identified(Identity identity) implements Phase {}

    /// A mail transaction is under way.
    record MailTransaction(Identity identity, Transaction transaction) implements Phase {}

    /// A part of the content has come (BDAT, RFC 3030 section 2).
    record Chunking(Identity identity, Transaction transaction, Content content) implements Phase {}

    /// A part of the content was refused: only RSET leads on.
    record Spoiled(Identity identity, Transaction transaction) implements Phase {}

    /// What the client says it is.
    record Identity(String helo, Dialect dialect) {}

    /// Which of the two protocols is spoken.
    enum Dialect {
        SMTP,
        ESMTP
    }
}
