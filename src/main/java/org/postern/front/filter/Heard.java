package org.postern.front.filter;

import java.util.Optional;
import org.postern.config.FilterProcess.Side;

/// A line of a program after its greeting; the lines of contents are taken apart where they are
/// read.
sealed interface Heard {
    /// It answers what it was asked.
    record Result(long session, long token, Answer answer) implements Heard {}

    /// It has something to tell the others of a session.
    record Report(long session, String text) implements Heard {}

    /// What a line says; empty if it is none.
    static Optional<Heard> parse(String line) {
        if (line.startsWith("filter-result|")) {
            return result(line.split("\\|", 5));
        }
        if (line.startsWith("report|")) {
            return report(line.split("\\|", 5));
        }
        return Optional.empty();
    }

    private static Optional<Heard> result(String[] words) {
        if (words.length < 4 || number(words[1]).isEmpty() || number(words[2]).isEmpty()) {
            return Optional.empty();
        }
        return answer(words)
                .map(
                        answer ->
                                new Result(
                                        number(words[1]).orElseThrow(),
                                        number(words[2]).orElseThrow(),
                                        answer));
    }

    private static Optional<Answer> answer(String[] words) {
        if (words.length == 4) {
            return switch (words[3]) {
                case "proceed" -> Optional.of(new Answer.Proceed());
                case "junk" -> Optional.of(new Answer.Junk());
                default -> Optional.empty();
            };
        }
        return switch (words[3]) {
            case "reject" -> Optional.of(new Answer.Reject(words[4]));
            case "disconnect" -> Optional.of(new Answer.Disconnect(words[4]));
            case "rewrite" -> Optional.of(new Answer.Rewrite(words[4]));
            case "report" -> Optional.of(new Answer.Report(words[4]));
            default -> Optional.empty();
        };
    }

    /// `report|seconds.micros|smtp-in|session|text`
    private static Optional<Heard> report(String[] words) {
        boolean sound =
                words.length == 5
                        && words[1].matches("[0-9]{1,18}\\.[0-9]{6}")
                        && words[2].equals(Side.SMTP_IN.word())
                        && words[4].length() < 2048;
        return sound
                ? number(words[3]).map(session -> new Report(session, words[4]))
                : Optional.empty();
    }

    /// A number in hex digits, however many.
    static Optional<Long> number(String text) {
        long value = 0;
        for (int i = 0; i < text.length(); i++) {
            int digit = Character.digit(text.charAt(i), 16);
            if (digit < 0 || (value >>> 60) != 0) {
                return Optional.empty();
            }
            value = (value << 4) | digit;
        }
        return text.isEmpty() ? Optional.empty() : Optional.of(value);
    }
}
