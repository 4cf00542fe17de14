package org.postern.mail;

import java.util.Optional;

/// The name of an envelope in the queue: its message's id and 32 bits of its own, written as 16 hex
/// digits.
public record EnvelopeId(long value) implements Comparable<EnvelopeId> {
    public EnvelopeId {
        if ((value >>> 32) == 0 || (int) value == 0) {
            throw new IllegalArgumentException("neither half of an envelope id is ever 0");
        }
    }

    /// The envelope `number` (never 0) of `message`.
    public static EnvelopeId of(MessageId message, int number) {
        return new EnvelopeId(((long) message.value() << 32) | (number & 0xffffffffL));
    }

    /// The id written as exactly 16 hex digits; empty if `text` is not that.
    public static Optional<EnvelopeId> parse(String text) {
        if (text.length() != 16 || !text.chars().allMatch(c -> Character.digit(c, 16) >= 0)) {
            return Optional.empty();
        }
        long value = Long.parseUnsignedLong(text, 16);
        return (value >>> 32) == 0 || (int) value == 0
                ? Optional.empty()
                : Optional.of(new EnvelopeId(value));
    }

    /// The message that this envelope is a share of.
    public MessageId message() {
        return new MessageId((int) (value >>> 32));
    }

    @Override
    public int compareTo(EnvelopeId other) {
        return Long.compareUnsigned(value, other.value);
    }

    @Override
    public String toString() {
        return java.util.HexFormat.of().toHexDigits(value);
    }
}
