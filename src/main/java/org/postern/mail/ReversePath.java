package org.postern.mail;

/// A MAIL FROM address: where notifications go, or nowhere (RFC 5321 section 4.1.1.2).
public sealed interface ReversePath {
    /// The null reverse-path, `<>`: no notification is ever sent for this message.
    record Null() implements ReversePath {
        @Override
        public String toString() {
            return "";
        }
    }

    /// A mailbox that notifications go to.
    record Sender(Mailbox mailbox) implements ReversePath {
        @Override
        public String toString() {
            return mailbox.toString();
        }
    }

    /// The key under which rules and tables know it: the mailbox, or `@` for the null reverse-path.
    default String key() {
        return switch (this) {
            case Null() -> "@";
            case Sender(var mailbox) -> mailbox.toString();
        };
    }
}
