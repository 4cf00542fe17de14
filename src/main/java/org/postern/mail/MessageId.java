package org.postern.mail;

import java.util.Optional;

/// The name of a message in the queue: 32 bits, never 0, written as 8 hex digits.
public record MessageId(int value) implements Comparable<MessageId> {
    public MessageId {
        if (value == 0) {
            throw new IllegalArgumentException("a message id is never 0");
        }
    }

    /// The id written as exactly 8 hex digits; empty if `text` is not that.
    public static Optional<MessageId> parse(String text) {
        if (text.length() != 8 || !text.chars().allMatch(c -> Character.digit(c, 16) >= 0)) {
            return Optional.empty();
        }
        int value = Integer.parseUnsignedInt(text, 16);
        return value == 0 ? Optional.empty() : Optional.of(new MessageId(value));
    }

    @Override
    public int compareTo(MessageId other) {
        return Integer.compareUnsigned(value, other.value);
    }

    @Override
    public String toString() {
        return java.util.HexFormat.of().toHexDigits(value);
    }
}
