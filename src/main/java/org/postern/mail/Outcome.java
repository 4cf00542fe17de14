package org.postern.mail;

/// What came of one attempt at an envelope.
///
/// The text is what the log, the queue listing and a notification show; it is one line without
/// control characters, at most 2,000 characters long, whatever the peer said.
public sealed interface Outcome {
    /// The code that a notification reports (RFC 3464 section 2.3.4).
    EnhancedStatus status();

    /// The reply of the peer, or our own words.
    String text();

    /// Accepted by the next hop or stored for the user; the envelope is done.
    ///
    /// @param onward whether, and how, the sender's wish for a success notification travels on
    record Delivered(EnhancedStatus status, String text, Onward onward) implements Outcome {
        public Delivered {
            text = line(text);
        }
    }

    /// Will be tried again.
    ///
    /// @param peer the host that said so, or empty if none did
    record Deferred(EnhancedStatus status, String text, String peer) implements Outcome {
        public Deferred {
            text = line(text);
            peer = line(peer);
        }
    }

    /// Will not be tried again; the sender is told.
    ///
    /// @param peer the host that said so, or empty if none did
    record Failed(EnhancedStatus status, String text, String peer) implements Outcome {
        public Failed {
            text = line(text);
            peer = line(peer);
        }
    }

    /// Who answers for a success notification (RFC 3461 section 5.2.2).
    enum Onward {
        /// It is in the mailbox: we report `delivered`.
        HOME,
        /// The next hop does not speak DSN: we report `relayed`.
        WITHOUT_DSN,
        /// The next hop took the wish over: we report nothing.
        WITH_DSN,
        /// The sender is to know that it was passed on (RFC 2852 section 4): we report `relayed`,
        /// unless no report is wanted at all.
        TRACED
    }

    /// `text` as one line: control characters become spaces, and what is over 2,000 characters is
    /// cut.
    static String line(String text) {
        var cut = text.length() > 2000 ? text.substring(0, 2000) : text;
        var line = new StringBuilder(cut.length());
        for (int i = 0; i < cut.length(); i++) {
            char c = cut.charAt(i);
            line.append(c < ' ' || c == 127 || (c >= 128 && c < 160) ? ' ' : c);
        }
        return line.toString().strip();
    }
}
