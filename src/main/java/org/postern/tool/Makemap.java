package org.postern.tool;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.postern.config.Problem;
import org.postern.ipc.Place;
import org.postern.table.TableCompiler;

/// `makemap`: makes a database of the text of a table.
///
///     makemap [-U] [-C file] [-d type] [-O option] [-o out] [-t aliases|set] file
///     makemap type name
///     makemap -bi
final class Makemap {
    static final int OK = 0;
    static final int FAILED = 1;

    private static final String USAGE =
            "usage: makemap [-U] [-d type] [-o out] [-t aliases|set] file\n"
                    + "       makemap type name";
    private static final List<String> TYPES = List.of("hash", "btree", "dbm", "cdb");

    private final Terminal terminal;
    private final Place place;
    private final List<String> operands = new ArrayList<>();
    private TableCompiler.Kind kind = TableCompiler.Kind.MAPPING;
    private Mode mode = Mode.MAKE;
    private String output = "";
    private String aliasFile = "";

    private enum Mode {
        MAKE,
        DUMP,
        NEW_ALIASES
    }

    /// Something on the command line that is not understood.
    private static final class Misused extends Exception {
        private static final long serialVersionUID = 1L;

        Misused(String message) {
            super(message);
        }
    }

    private Makemap(Terminal terminal, Place place) {
        this.terminal = terminal;
        this.place = place;
    }

    /// Runs `makemap` with these arguments.
    ///
    /// @return the exit status, 0 or 1
    static int run(Terminal terminal, Place place, List<String> arguments) throws IOException {
        var makemap = new Makemap(terminal, place);
        try {
            makemap.understand(arguments);
            return makemap.carryOut();
        } catch (Misused e) {
            terminal.complain(String.valueOf(e.getMessage()));
            terminal.note(USAGE);
            return FAILED;
        }
    }

    private void understand(List<String> arguments) throws Misused {
        int i = 0;
        for (; i < arguments.size(); i++) {
            var word = arguments.get(i);
            if (word.equals("--")) {
                i++;
                break;
            }
            if (word.length() < 2 || word.charAt(0) != '-') {
                break;
            }
            for (int j = 1; j < word.length(); j++) {
                if (word.charAt(j) == 'U') {
                    mode = Mode.DUMP;
                    continue;
                }
                var rest = word.substring(j + 1);
                if (rest.isEmpty() && ++i == arguments.size()) {
                    throw new Misused("-" + word.charAt(j) + " needs a value");
                }
                value(word.charAt(j), rest.isEmpty() ? arguments.get(i) : rest);
                break;
            }
        }
        operands.addAll(arguments.subList(i, arguments.size()));
    }

    private void value(char option, String value) throws Misused {
        switch (option) {
            case 'b' -> {
                if (!value.equals("i")) {
                    throw new Misused("-b" + value + ": only -bi is understood");
                }
                mode = Mode.NEW_ALIASES;
            }
            case 'C' -> {} // sendmail's configuration
            case 'd' -> requireType(value);
            case 'O' -> {
                if (!value.startsWith("AliasFile=")) {
                    throw new Misused("-O " + value + ": only AliasFile is understood");
                }
                aliasFile = value.substring(value.indexOf('=') + 1);
            }
            case 'o' -> output = value;
            case 't' ->
                    kind =
                            switch (value) {
                                case "aliases" -> TableCompiler.Kind.ALIASES;
                                case "set" -> TableCompiler.Kind.SET;
                                default ->
                                        throw new Misused(
                                                "-t " + value + ": aliases or set expected");
                            };
            default -> throw new Misused("unknown option -" + option);
        }
    }

    /// The formats that others have are names for the one that there is.
    private static void requireType(String type) throws Misused {
        if (!TYPES.contains(type)) {
            throw new Misused("unknown database type " + type + " (one of " + TYPES + " expected)");
        }
    }

    private int carryOut() throws IOException, Misused {
        if (mode == Mode.NEW_ALIASES) {
            return NewAliases.make(terminal, place, place.config(), aliasFile);
        }
        if (operands.size() == 2 && mode == Mode.MAKE) {
            requireType(operands.getFirst());
            return make("-", Path.of(operands.getLast() + ".db"));
        }
        if (operands.isEmpty() && !aliasFile.isEmpty()) {
            operands.add(aliasFile);
        }
        if (operands.size() != 1) {
            throw new Misused("one file expected");
        }
        var file = operands.getFirst();
        if (mode == Mode.DUMP) {
            TableCompiler.dump(Path.of(file), terminal.out());
            return OK;
        }
        if (file.equals("-") && output.isEmpty()) {
            throw new Misused("-o is needed with standard input");
        }
        return make(file, Path.of(output.isEmpty() ? file + ".db" : output));
    }

    private int make(String file, Path to) throws IOException {
        var result =
                file.equals("-")
                        ? TableCompiler.compile(kind, terminal.in(), "<stdin>", to)
                        : TableCompiler.compile(kind, Path.of(file), to);
        return report(terminal, result).isPresent() ? OK : FAILED;
    }

    /// Says what was wrong, if anything was.
    ///
    /// @return how many entries were made, if it was not
    static Optional<Integer> report(Terminal terminal, TableCompiler.Result result) {
        return switch (result) {
            case TableCompiler.Result.Made(int entries) -> {
                if (entries == 0) {
                    terminal.complain("warning: there are no entries");
                }
                yield Optional.of(entries);
            }
            case TableCompiler.Result.Refused(var problems) -> {
                problems.stream().map(Problem::text).forEach(terminal::note);
                yield Optional.empty();
            }
        };
    }
}
