package org.postern.mail;

import java.time.Instant;
import java.util.Set;

/// How a message is to be carried: what its sender asked, by extensions of MAIL, of every server on
/// the way.
///
/// @param form in what form its content is stored, and has to go on
/// @param needs what the next hop must be able to do
/// @param release when it may be tried for the first time
/// @param urgency how soon, and before or behind which others
public record Carriage(Form form, Set<Need> needs, Release release, Urgency urgency) {
    /// Nothing was asked.
    public static final Carriage PLAIN = new Carriage(Form.LINES, Set.of(), new Release.AtOnce());

    /// UTF-8 in addresses or header fields.
    public static final Carriage IN_UTF8 =
            new Carriage(Form.LINES, Set.of(Need.UTF8), new Release.AtOnce());

    public Carriage {
        needs = Set.copyOf(needs);
    }

    /// The carriage of a message that is in no hurry.
    public Carriage(Form form, Set<Need> needs, Release release) {
        this(form, needs, release, Urgency.USUAL);
    }

    /// The same, but for the urgency.
    public Carriage with(Urgency other) {
        return new Carriage(form, needs, release, other);
    }

    /// The form of a content.
    public enum Form {
        /// Lines, stored with LF as their end.
        LINES,
        /// Any octets (BINARYMIME, RFC 3030 section 3): the lines of the header are stored with LF
        /// as their end, and everything behind the header exactly as it came.
        BINARY
    }

    /// What the next hop must be able to do.
    public enum Need {
        /// Addresses and header fields in UTF-8 (SMTPUTF8, RFC 6531 section 3.4).
        UTF8,
        /// To be reached through verified TLS, and to see to that further on (REQUIRETLS, RFC 8689
        /// section 2).
        TLS
    }

    /// When a message may be tried for the first time.
    public sealed interface Release {
        record AtOnce() implements Release {}

        /// Not before this time (FUTURERELEASE, RFC 4865 section 3).
        record At(Instant time) implements Release {}
    }

    /// Has the sender asked for this?
    public boolean needs(Need need) {
        return needs.contains(need);
    }
}
