package org.postern.fuzz;

import java.nio.charset.StandardCharsets;
import org.postern.mail.AddressSyntax;
import org.postern.smtp.Command;
import org.postern.smtp.PathArgument;

/// The parser of command lines: it takes every line, and whatever it makes a mailbox is one.
public final class CommandFuzz {
    private CommandFuzz() {}

    /// One input: a line.
    public static void fuzzerTestOneInput(byte[] data) {
        var line = new String(data, StandardCharsets.ISO_8859_1);
        var command = Command.parse(line);
        var shown = Command.withoutSecrets(line);
        if (shown.length() > line.length() + 10) {
            throw new AssertionError("longer than it was: " + shown);
        }
        switch (command) {
            case Command.MailFrom(var argument) -> path(argument);
            case Command.RcptTo(var argument) -> path(argument);
            default -> path(line);
        }
    }

    private static void path(String argument) {
        var path = PathArgument.parse(argument);
        if (path.isEmpty() || path.get().isNull()) {
            return;
        }
        var mailbox = path.get().mailbox("mx.example.org");
        if (mailbox.isPresent()
                && !(AddressSyntax.isLine(mailbox.get().toString())
                        && AddressSyntax.isDomain(mailbox.get().domain()))) {
            throw new AssertionError("not a mailbox: " + mailbox.get());
        }
    }
}
