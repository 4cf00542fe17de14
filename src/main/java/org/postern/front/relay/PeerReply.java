package org.postern.front.relay;

import java.util.List;
import org.postern.mail.EnhancedStatus;
import org.postern.mail.Outcome;

/// A reply of the next hop (RFC 5321 section 4.2).
///
/// @param code 200 to 599
/// @param lines what followed the code on each line; at least one
record PeerReply(int code, List<String> lines) {
    PeerReply {
        lines = List.copyOf(lines);
        if (code < 200 || code > 599 || lines.isEmpty()) {
            throw new IllegalArgumentException("a reply of " + code);
        }
    }

    /// Was the command carried out?
    boolean isPositive() {
        return code < 300;
    }

    /// Is the next hop ready for the content?
    boolean invitesContent() {
        return code < 400;
    }

    /// Is the refusal for good?
    boolean isPermanent() {
        return code >= 500;
    }

    /// Does the next hop close the connection (RFC 5321 section 3.8)?
    boolean closes() {
        return code == 421;
    }

    /// The enhanced code that the reply begins with if it agrees with the basic code; otherwise the
    /// one that the basic code stands for.
    EnhancedStatus status() {
        int kind = code < 400 ? 2 : code / 100;
        return EnhancedStatus.parse(lines.getFirst())
                .filter(status -> status.kind() == kind)
                .orElseGet(() -> usual(kind));
    }

    private EnhancedStatus usual(int kind) {
        return switch (code) {
            case 421 -> new EnhancedStatus(kind, 3, 2);
            case 450 -> new EnhancedStatus(kind, 2, 0);
            case 452 -> new EnhancedStatus(kind, 3, 1);
            case 500, 502 -> new EnhancedStatus(kind, 5, 2);
            case 501, 504 -> new EnhancedStatus(kind, 5, 4);
            case 503 -> new EnhancedStatus(kind, 5, 1);
            case 552 -> new EnhancedStatus(kind, 2, 2);
            case 553 -> new EnhancedStatus(kind, 1, 3);
            default -> new EnhancedStatus(kind, 0, 0);
        };
    }

    /// The reply as one line: the first line whole, then what the others say without repeating the
    /// codes. Control characters have become spaces.
    String text() {
        var text = new StringBuilder().append(code).append(' ').append(lines.getFirst());
        for (var line : lines.subList(1, lines.size())) {
            text.append(' ').append(withoutStatus(line));
        }
        return Outcome.line(text.toString());
    }

    private static String withoutStatus(String line) {
        if (EnhancedStatus.parse(line).isEmpty()) {
            return line;
        }
        int space = line.indexOf(' ');
        return space < 0 ? "" : line.substring(space + 1);
    }
}
