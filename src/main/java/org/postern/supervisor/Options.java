package org.postern.supervisor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.postern.ipc.Leash;
import org.postern.ipc.Place;
import org.postern.log.Log;

/// The command line of `smtpd`.
///
///     smtpd [-dFhJnv] [-D macro=value] [-f file] [-P system] [-T trace] [-R dir]
///
/// @param mode what to do
/// @param warnings what was odd about the command line but does not prevent the start
record Options(
        Mode mode,
        Place place,
        Files files,
        List<String> defines,
        Set<Leash.Lane> paused,
        Leash.Verbosity verbosity,
        List<String> warnings) {
    Options {
        defines = List.copyOf(defines);
        paused = Set.copyOf(paused);
        warnings = List.copyOf(warnings);
    }

    /// What to do.
    enum Mode {
        /// `-h`: say how it is used.
        HELP,
        /// `-n`: check the configuration.
        CHECK,
        /// `-d`: serve, in the foreground, with the log on standard error.
        FOREGROUND,
        /// `-F`: serve, in the foreground, with the log in the system's log.
        FOREGROUND_SYSLOG,
        /// Serve in the background.
        DAEMON
    }

    /// Whose files they are.
    enum Files {
        /// The machine's own server.
        SYSTEM,
        /// A private server, all below one directory (`-R`).
        PRIVATE
    }

    static final String USAGE =
            "usage: smtpd [-dFhJnv] [-D macro=value] [-f file] [-P system] [-R dir] [-T trace]";

    private static final Set<String> TRACES =
            Set.of(
                    "imsg",
                    "io",
                    "smtp",
                    "filters",
                    "mta",
                    "transfer",
                    "bounce",
                    "bounces",
                    "scheduler",
                    "lookup",
                    "stat",
                    "stats",
                    "rules",
                    "mproc",
                    "expand",
                    "table",
                    "tables",
                    "queue",
                    "all",
                    "profstat",
                    "profile-imsg",
                    "profile-queue");

    /// The options that `arguments` say; empty if they are not a command line of `smtpd`.
    static Optional<Options> parse(List<String> arguments) {
        var reading = new Reading();
        for (int i = 0; i < arguments.size(); i++) {
            var word = arguments.get(i);
            if (word.length() < 2 || word.charAt(0) != '-') {
                return Optional.empty();
            }
            for (int letter = 1; letter < word.length(); letter++) {
                char option = word.charAt(letter);
                if ("dFhJnv".indexOf(option) >= 0) {
                    reading.flag(option);
                } else if ("DfPRT".indexOf(option) < 0) {
                    return Optional.empty();
                } else {
                    var rest = word.substring(letter + 1);
                    if (rest.isEmpty() && ++i == arguments.size()) {
                        return Optional.empty();
                    }
                    reading.value(option, rest.isEmpty() ? arguments.get(i) : rest);
                    break;
                }
            }
        }
        return Optional.of(reading.options());
    }

    /// What has been read so far.
    private static final class Reading {
        private final Set<Character> flags = new HashSet<>();
        private final List<String> defines = new ArrayList<>();
        private final Set<Leash.Lane> paused = EnumSet.noneOf(Leash.Lane.class);
        private final Set<String> traces = new HashSet<>();
        private final List<String> warnings = new ArrayList<>();
        private Optional<Path> file = Optional.empty();
        private Optional<Path> root = Optional.empty();

        void flag(char option) {
            flags.add(option);
        }

        void value(char option, String value) {
            switch (option) {
                case 'D' -> define(value);
                case 'f' -> file = Optional.of(Path.of(value));
                case 'R' -> root = Optional.of(Path.of(value));
                case 'P' -> pause(value);
                default -> trace(value);
            }
        }

        private void define(String value) {
            if (value.lastIndexOf('=') > 0) {
                defines.add(value);
            } else {
                warnings.add("-D " + value + ": not of the form macro=value, ignored");
            }
        }

        private void pause(String value) {
            switch (value) {
                case "mda" -> paused.add(Leash.Lane.MDA);
                case "mta" -> paused.add(Leash.Lane.MTA);
                case "smtp" -> paused.add(Leash.Lane.SMTP);
                default -> warnings.add("-P " + value + ": mda, mta or smtp expected, ignored");
            }
        }

        private void trace(String value) {
            if (TRACES.contains(value)) {
                traces.add(value);
            } else {
                warnings.add("-T " + value + ": unknown trace, ignored");
            }
        }

        Options options() {
            var place = root.map(Place::below).orElseGet(Place::ofSystem);
            return new Options(
                    mode(),
                    file.map(path -> place.with(path)).orElse(place),
                    root.isPresent() ? Files.PRIVATE : Files.SYSTEM,
                    defines,
                    paused,
                    new Leash.Verbosity(
                            flags.contains('J') ? Log.Form.JSON : Log.Form.TEXT,
                            flags.contains('v') ? Leash.Level.VERBOSE : Leash.Level.BRIEF,
                            traces),
                    warnings);
        }

        private Mode mode() {
            if (flags.contains('h')) {
                return Mode.HELP;
            } else if (flags.contains('n')) {
                return Mode.CHECK;
            } else if (flags.contains('d')) {
                return Mode.FOREGROUND;
            }
            return flags.contains('F') ? Mode.FOREGROUND_SYSLOG : Mode.DAEMON;
        }
    }

    /// Where the log goes in this mode.
    Leash.Sink sink() {
        return mode == Mode.FOREGROUND ? Leash.Sink.STANDARD_ERROR : Leash.Sink.SYSLOG;
    }

    @Override
    public String toString() {
        return mode.name().toLowerCase(Locale.ROOT) + " " + place.config();
    }
}
