package org.postern.table.external;

import java.util.Optional;

/// What a table program answers, on one line:
///
///     update-result|ID|ok
///     check-result|ID|found              check-result|ID|not-found
///     lookup-result|ID|found|VALUE       lookup-result|ID|not-found
///     fetch-result|ID|found|VALUE        fetch-result|ID|not-found
///     ...-result|ID|error                ...-result|ID|error|TEXT
///
/// @param word which request it answers: `check`, `lookup`, ...
/// @param id the id of the request
public record Reply(String word, String id, Result result) {
    private static final String RESULT = "-result";

    /// What came of it.
    public sealed interface Result {
        /// An update was made.
        record Done() implements Result {}

        /// The key is there.
        record Present() implements Result {}

        /// This belongs to it, or comes next; it can be empty only if the program is wrong.
        record Value(String text) implements Result {}

        /// There is none.
        record Missing() implements Result {}

        /// It could not look.
        record Failure(String text) implements Result {}
    }

    /// Reads a line; empty if it is no reply.
    public static Optional<Reply> parse(String line) {
        var fields = line.split("\\|", 4);
        if (fields.length < 3 || !fields[0].endsWith(RESULT)) {
            return Optional.empty();
        }
        var word = fields[0].substring(0, fields[0].length() - RESULT.length());
        return result(word, fields).map(result -> new Reply(word, fields[1], result));
    }

    private static Optional<Result> result(String word, String[] fields) {
        boolean bare = fields.length == 3;
        return switch (fields[2]) {
            case "error" -> Optional.of(new Result.Failure(bare ? "" : fields[3]));
            case "ok" ->
                    bare && word.equals("update")
                            ? Optional.of(new Result.Done())
                            : Optional.empty();
            case "not-found" ->
                    bare && (word.equals("check") || isValued(word))
                            ? Optional.of(new Result.Missing())
                            : Optional.empty();
            case "found" -> found(word, fields);
            default -> Optional.empty();
        };
    }

    private static Optional<Result> found(String word, String[] fields) {
        if (word.equals("check") && fields.length == 3) {
            return Optional.of(new Result.Present());
        }
        return isValued(word) && fields.length == 4
                ? Optional.of(new Result.Value(fields[3]))
                : Optional.empty();
    }

    private static boolean isValued(String word) {
        return word.equals("lookup") || word.equals("fetch");
    }

    /// The line that says it, without its end. What would end the line stands as a blank.
    public String line() {
        var head = word + RESULT + '|' + id + '|';
        return switch (result) {
            case Result.Done() -> head + "ok";
            case Result.Present() -> head + "found";
            case Result.Value(var text) -> head + "found|" + oneLine(text);
            case Result.Missing() -> head + "not-found";
            case Result.Failure(var text) -> head + "error|" + oneLine(text);
        };
    }

    private static String oneLine(String text) {
        return text.replace('\n', ' ').replace('\r', ' ').replace('\0', ' ');
    }
}
