package org.postern.os;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What to start: a program, its words, its surroundings.
///
/// @param executable the file to execute; no search path is followed
/// @param argv all its words, the first being its own name
/// @param environment all of its environment, nothing is inherited
/// @param directory where it starts; it must be able to enter it
/// @param input standard input
/// @param output standard output
/// @param error standard error
/// @param session whose session it belongs to
public record Program(
        Path executable,
        List<String> argv,
        Map<String, String> environment,
        Path directory,
        Stdio input,
        Stdio output,
        Stdio error,
        Session session) {

    /// Whose session a child belongs to, and so who gets the signals of a terminal.
    public enum Session {
        /// Ours.
        OURS,
        /// A new one, whose leader the child is: signals can be sent to it and its descendants
        /// together.
        NEW
    }

    public Program {
        argv = List.copyOf(argv);
        environment = Map.copyOf(environment);
        if (argv.isEmpty()) {
            throw new IllegalArgumentException("a program without a name: " + executable);
        }
        if (input instanceof Stdio.SameAsOutput || output instanceof Stdio.SameAsOutput) {
            throw new IllegalArgumentException("only standard error can go with the output");
        }
        argv.forEach(Program::check);
        environment.keySet().forEach(Program::check);
        environment.values().forEach(Program::check);
    }

    private static void check(String word) {
        if (word.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a word with a NUL in it");
        }
    }

    /// A program with its arguments, an empty environment, in `/`, with pipes to us, in our
    /// session.
    public static Program of(Path executable, String... arguments) {
        var argv = new ArrayList<String>();
        argv.add(executable.toString());
        argv.addAll(List.of(arguments));
        return new Program(
                executable,
                argv,
                Map.of(),
                Path.of("/"),
                new Stdio.Pipe(),
                new Stdio.Pipe(),
                new Stdio.Pipe(),
                Session.OURS);
    }

    /// The same with all of its environment.
    public Program with(Map<String, String> surroundings) {
        return new Program(
                executable, argv, surroundings, directory, input, output, error, session);
    }

    /// The same, starting in another directory.
    public Program in(Path place) {
        return new Program(executable, argv, environment, place, input, output, error, session);
    }

    /// The same with other standard streams.
    public Program streams(Stdio in, Stdio out, Stdio err) {
        return new Program(executable, argv, environment, directory, in, out, err, session);
    }

    /// The same, leading a session of its own.
    public Program inNewSession() {
        return new Program(
                executable, argv, environment, directory, input, output, error, Session.NEW);
    }
}
