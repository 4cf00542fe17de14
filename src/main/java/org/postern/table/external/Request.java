package org.postern.table.external;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import org.postern.config.Service;

/// What the server asks a table program, on one line:
///
///     table|0.1|SECONDS.MICROSECONDS|TABLE|update|ID
///     table|0.1|SECONDS.MICROSECONDS|TABLE|check|SERVICE|ID|KEY
///     table|0.1|SECONDS.MICROSECONDS|TABLE|lookup|SERVICE|ID|KEY
///     table|0.1|SECONDS.MICROSECONDS|TABLE|fetch|SERVICE|ID
///
/// Only the last field may hold a `|`.
public sealed interface Request {
    /// The version of the protocol.
    String VERSION = "0.1";

    /// Read again what you read.
    record Update() implements Request {}

    /// Is this key there?
    record Check(Service service, String key) implements Request {}

    /// What belongs to this key?
    record Lookup(Service service, String key) implements Request {}

    /// What comes next?
    record Fetch(Service service) implements Request {}

    /// The name of the request, which its reply repeats: `check` for [Check].
    default String word() {
        return switch (this) {
            case Update _ -> "update";
            case Check _ -> "check";
            case Lookup _ -> "lookup";
            case Fetch _ -> "fetch";
        };
    }

    /// Whether it can be said: a key with a line's end or a NUL in it would be another request.
    default boolean isSpeakable() {
        return switch (this) {
            case Update _, Fetch _ -> true;
            case Check(_, var key) -> isPlain(key);
            case Lookup(_, var key) -> isPlain(key);
        };
    }

    private static boolean isPlain(String key) {
        return key.chars().allMatch(c -> c != '\r' && c != '\n' && c != 0 && c < 256);
    }

    /// The line that says it, without its end.
    ///
    /// @param id 8 hexadecimal digits in lower case
    default String line(String table, String id, Instant at) {
        var head =
                "table|%s|%d.%06d|%s|%s|"
                        .formatted(
                                VERSION, at.getEpochSecond(), at.getNano() / 1000, table, word());
        return switch (this) {
            case Update() -> head + id;
            case Check(var service, var key) ->
                    head + Services.word(service) + '|' + id + '|' + key;
            case Lookup(var service, var key) ->
                    head + Services.word(service) + '|' + id + '|' + key;
            case Fetch(var service) -> head + Services.word(service) + '|' + id;
        };
    }

    /// A request as a table program hears it.
    record Heard(String id, Request request) {
        /// Reads a line; empty if it is not a request of this version.
        public static Optional<Heard> parse(String line) {
            var fields = line.split("\\|", 5);
            if (fields.length < 5
                    || !fields[0].equals("table")
                    || !fields[1].equals(VERSION)
                    || fields[3].isEmpty()) {
                return Optional.empty();
            }
            // The table's name, which holds no `|`, is known from the handshake.
            return switch (fields[4].substring(0, Math.max(0, fields[4].indexOf('|')))) {
                case "update" -> update(fields[4]);
                case "check" -> keyed(fields[4], Check::new);
                case "lookup" -> keyed(fields[4], Lookup::new);
                case "fetch" -> fetch(fields[4]);
                default -> Optional.empty();
            };
        }

        private static Optional<Heard> update(String rest) {
            return Optional.of(new Heard(rest.substring("update|".length()), new Update()));
        }

        private interface Keyed {
            Request of(Service service, String key);
        }

        private static Optional<Heard> keyed(String rest, Keyed keyed) {
            var fields = rest.split("\\|", 4);
            return fields.length < 4
                    ? Optional.empty()
                    : Services.named(fields[1])
                            .map(service -> new Heard(fields[2], keyed.of(service, fields[3])));
        }

        private static Optional<Heard> fetch(String rest) {
            var fields = rest.split("\\|", -1);
            return fields.length != 3
                    ? Optional.empty()
                    : Services.named(fields[1])
                            .map(service -> new Heard(fields[2], new Fetch(service)));
        }
    }

    /// An id as the protocol has it.
    static String id(int number) {
        return String.format(Locale.ROOT, "%08x", number);
    }
}
