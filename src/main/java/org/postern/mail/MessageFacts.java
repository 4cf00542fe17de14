package org.postern.mail;

/// What all envelopes of one message share, said at MAIL.
///
/// @param dsnReturn how much of the message a failure notification brings back (RET, RFC 3461
///   section 4.3)
/// @param dsnEnvelopeId the sender's own name for the message (ENVID, RFC 3461 section 4.4), or
///   empty
/// @param carriage what else was asked
public record MessageFacts(
        Origin origin,
        ReversePath sender,
        DsnReturn dsnReturn,
        String dsnEnvelopeId,
        Carriage carriage) {
    public MessageFacts {
        if (dsnEnvelopeId.length() > 100) {
            throw new IllegalArgumentException("an ENVID over 100 octets");
        }
        if (!AddressSyntax.isLine(dsnEnvelopeId)) {
            throw new IllegalArgumentException("an ENVID with a control character");
        }
    }

    /// The facts of a message for whose carriage nothing was asked.
    public MessageFacts(
            Origin origin, ReversePath sender, DsnReturn dsnReturn, String dsnEnvelopeId) {
        this(origin, sender, dsnReturn, dsnEnvelopeId, Carriage.PLAIN);
    }

    /// The same, but for the sender.
    public MessageFacts from(ReversePath other) {
        return new MessageFacts(origin, other, dsnReturn, dsnEnvelopeId, carriage);
    }

    /// The values of RET.
    public enum DsnReturn {
        UNSAID,
        FULL,
        HEADERS
    }
}
