package org.postern.house;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Who sends from where to whom, and what is answered; a line of a `.cases` file:
///
///     DOOR CLIENT  HELO  SENDER  RECIPIENT  ANSWER  [THEIRS  REASON]
///
/// The columns are parted by two blanks or more. An answer is the code of the reply to RCPT, with the
/// word of another command before it if that was refused already. Where OpenSMTPD answers otherwise,
/// its answer follows, and the name of the reason in `docs/compatibility.md`.
///
/// `@E9@` stands for a byte that is no ASCII, `@SP@` for a blank.
///
/// @param door the name of a listener in the configuration, and the address the client calls from
/// @param sender as it stands behind `MAIL FROM:`, and so for the recipient
record Triple(String door, String helo, String sender, String recipient, String expected) {
    private static final Pattern GAP = Pattern.compile("  +");
    private static final Pattern ENHANCED = Pattern.compile("[245][.][0-9]+[.][0-9]+");

    static Triple parse(String line) {
        var columns = List.of(GAP.split(line.strip(), 5));
        if (columns.size() < 4) {
            throw new IllegalArgumentException("four columns expected: " + line);
        }
        return new Triple(
                columns.get(0),
                columns.get(1),
                columns.get(2),
                columns.get(3),
                columns.size() == 4 ? "" : columns.get(4));
    }

    String listener() {
        return door.substring(0, door.indexOf(' '));
    }

    String client() {
        return door.substring(door.indexOf(' ') + 1);
    }

    /// Why OpenSMTPD answers otherwise, if it does.
    Optional<String> reason() {
        var columns = List.of(GAP.split(expected));
        return columns.size() == 3 ? Optional.of(columns.get(2)) : Optional.empty();
    }

    /// The line as it must be if these are the answers.
    String line(String ours, String theirs) {
        var answers = answers(ours, theirs);
        return "%-16s  %-24s  %-34s  %-44s  %s"
                .formatted(door, helo, sender, recipient, answers)
                .stripTrailing();
    }

    /// The codes; enhanced codes too where both have one and they differ.
    private String answers(String ours, String theirs) {
        var our = brief(ours);
        var their = brief(theirs);
        var ourDetail = detail(ours);
        var theirDetail = detail(theirs);
        if (our.equals(their)) {
            if (ourDetail.isEmpty() || theirDetail.isEmpty() || ourDetail.equals(theirDetail)) {
                return our;
            }
            our += " " + ourDetail;
            their += " " + theirDetail;
        }
        return our + "  " + their + "  " + reason().orElse("?");
    }

    private static String brief(String reply) {
        int end = reply.indexOf(' ') < 0 ? reply.length() : reply.indexOf(' ');
        if (Character.isLetter(reply.charAt(0))) {
            end = Math.min(reply.length(), end + 4);
        }
        return reply.substring(0, end);
    }

    private static String detail(String reply) {
        var found = ENHANCED.matcher(reply);
        return found.find() && found.start() <= brief(reply).length() + 1 ? found.group() : "";
    }
}
