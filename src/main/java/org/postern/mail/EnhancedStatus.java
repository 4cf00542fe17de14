package org.postern.mail;

import java.util.Optional;

/// An enhanced mail system status code, `class.subject.detail` (RFC 3463 section 2).
public record EnhancedStatus(int kind, int subject, int detail) {
    public EnhancedStatus {
        if ((kind != 2 && kind != 4 && kind != 5)
                || subject < 0
                || subject > 999
                || detail < 0
                || detail > 999) {
            throw new IllegalArgumentException(kind + "." + subject + "." + detail);
        }
    }

    /// The code at the beginning of `text`, which ends there or goes on with a space; empty if
    /// there is none.
    public static Optional<EnhancedStatus> parse(String text) {
        int end = text.indexOf(' ');
        var parts = (end < 0 ? text : text.substring(0, end)).split("\\.", -1);
        if (parts.length != 3) {
            return Optional.empty();
        }
        for (var part : parts) {
            if (part.isEmpty()
                    || part.length() > 3
                    || !part.chars().allMatch(c -> c >= '0' && c <= '9')) {
                return Optional.empty();
            }
        }
        int kind = Integer.parseInt(parts[0]);
        if (kind != 2 && kind != 4 && kind != 5) {
            return Optional.empty();
        }
        return Optional.of(
                new EnhancedStatus(kind, Integer.parseInt(parts[1]), Integer.parseInt(parts[2])));
    }

    @Override
    public String toString() {
        return kind + "." + subject + "." + detail;
    }
}
