package org.postern.delivery;

import org.postern.mail.EnhancedStatus;
import org.postern.mail.Outcome;
import org.postern.os.Exit;

/// What the end of a delivery command means for the message. The codes of sysexits(3) have names.
final class ExitCodes {
    private static final EnhancedStatus DELIVERED = new EnhancedStatus(2, 0, 0);
    private static final EnhancedStatus FAILED = new EnhancedStatus(5, 3, 0);

    /// A shell adds this to the number of the signal that ended its command.
    private static final int SIGNAL = 128;

    private static final int MOST_SIGNALS = 64;

    private ExitCodes() {}

    /// Whether the command was given the whole message.
    enum Input {
        TAKEN,
        LEFT
    }

    /// The outcome of a command that ended so.
    ///
    /// @param said the last line of its output, or empty
    static Outcome outcome(Exit exit, Input input, String said) {
        return switch (exit) {
            case Exit.Exited(int code) when code == 0 ->
                    input == Input.TAKEN
                            ? new Outcome.Delivered(DELIVERED, "Delivered", Outcome.Onward.HOME)
                            : Trouble.deferred("mda exited prematurely");
            case Exit.Exited(int code) ->
                    isTemporary(code)
                            ? Trouble.deferred(text(code, said))
                            : new Outcome.Failed(FAILED, text(code, said), "");
            case Exit.Killed(int signal) -> Trouble.deferred("terminated; signal " + signal);
        };
    }

    /// Codes that mending the machine may cure: 71 system error, 73 cannot create, 74 input/output
    /// error, 75 temporary failure; 126 and 127 are the shell's for a program that cannot be
    /// executed, or is not there, and from 129 on for one that a signal ended.
    private static boolean isTemporary(int code) {
        return switch (code) {
            case 71, 73, 74, 75, 126, 127 -> true;
            default -> code > SIGNAL && code <= SIGNAL + MOST_SIGNALS;
        };
    }

    private static String text(int code, String said) {
        var words = said.isEmpty() ? "exited abnormally" : '"' + said.replace('"', '\'') + '"';
        var name = name(code);
        return name.isEmpty() ? words : name + ": " + words;
    }

    private static String name(int code) {
        return switch (code) {
            case 64 -> "command line usage error";
            case 65 -> "data format error";
            case 66 -> "cannot open input";
            case 67 -> "user unknown";
            case 68 -> "host name unknown";
            case 69 -> "service unavailable";
            case 70 -> "internal software error";
            case 71 -> "system resource problem";
            case 72 -> "critical OS file missing";
            case 73 -> "can't create user output file";
            case 74 -> "input/output error";
            case 75 -> "temporary failure";
            case 76 -> "remote error in protocol";
            case 77 -> "permission denied";
            case 78 -> "local configuration error";
            default -> "";
        };
    }
}
