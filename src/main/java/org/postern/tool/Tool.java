package org.postern.tool;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.postern.ipc.Place;

/// The tools, by the name they are called by.
///
/// The environment variable `POSTERN_ROOT` names a private server, as `smtpctl -R` does.
public final class Tool {
    /// The exit status for "try again later" (EX_TEMPFAIL).
    private static final int TEMPORARY = 75;

    private Tool() {}

    /// Runs `program` (`smtpctl`, `mailq`, `sendmail`, `send-mail`, `newaliases`, `makemap`, `smtp`
    /// or `first-message`) on standard input, output and error.
    ///
    /// @return its exit status
    public static int run(String program, List<String> arguments) {
        var terminal = new Terminal(program, System.in, System.out, System.err);
        int status;
        try {
            status = run(program, arguments, terminal);
            terminal.flush();
        } catch (IOException e) {
            terminal.complain(String.valueOf(e.getMessage()));
            status = program.startsWith("send") ? TEMPORARY : Smtpctl.FAILED;
        }
        return status;
    }

    private static int run(String program, List<String> arguments, Terminal terminal)
            throws IOException {
        return switch (program) {
            case "smtpctl" -> Smtpctl.run(terminal, place(), arguments);
            case "mailq" -> mailq(terminal, arguments);
            case "sendmail", "send-mail" ->
                    new Sendmail(terminal, place(), Login.ofCaller(), Clock.systemUTC())
                            .run(arguments);
            case "makemap" -> Makemap.run(terminal, place(), arguments);
            case "newaliases" -> NewAliases.run(terminal, place(), arguments);
            case "smtp" -> new Smtp(terminal).run(arguments);
            case "first-message" -> FirstMessage.run(terminal, arguments);
            default -> {
                terminal.complain("not supported yet");
                yield Smtpctl.FAILED;
            }
        };
    }

    private static int mailq(Terminal terminal, List<String> arguments) throws IOException {
        if (!arguments.isEmpty()) {
            terminal.note("usage: mailq");
            return Smtpctl.USAGE;
        }
        return new Smtpctl(terminal, place()).carryOut(Verb.SHOW_QUEUE, List.of());
    }

    private static Place place() {
        var root = System.getenv("POSTERN_ROOT");
        return root == null || root.isEmpty() ? Place.ofSystem() : Place.below(Path.of(root));
    }
}
