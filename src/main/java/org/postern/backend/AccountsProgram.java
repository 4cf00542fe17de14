package org.postern.backend;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.postern.config.Service;
import org.postern.os.Pam;
import org.postern.table.external.Reply.Result;
import org.postern.table.external.Request;

/// A process that judges passwords of the system's accounts by PAM, where that has a service
/// `smtpd`: it answers as a table program does that has the service `auth`.
///
/// Its rights: root's files, for modules want to be root, and of root's power the right to write
/// into the audit log. It speaks with `keeper` alone, over its standard input and output. It reads
/// a login and a password and nothing else that a stranger sends.
public final class AccountsProgram {
    private static final int FAILED = 1;
    private static final int HANGS = 3;

    private AccountsProgram() {}

    /// Answers until `keeper` hangs up.
    ///
    /// @param words the directory of the services
    public static int run(List<String> words) throws InterruptedException {
        try {
            if (words.size() != 1) {
                throw new IOException("the supervisor starts this program");
            }
            var pam = Pam.open(Path.of(words.getFirst()));
            // None of them is closed: Java would put other files in their place.
            var input = new FileInputStream(FileDescriptor.in);
            var output = new FileOutputStream(FileDescriptor.out);
            System.setOut(System.err);
            new Serving(input, output, Set.of(Service.AUTH), request -> answer(pam, request))
                    .serve();
            return 0;
        } catch (IOException e) {
            System.err.println("smtpd: accounts: " + e.getMessage());
            return FAILED;
        }
    }

    private static Result answer(Pam pam, Request request) {
        if (!(request instanceof Request.Check(var service, var key)
                && service == Service.AUTH
                && key.indexOf(':') > 0)) {
            return new Result.Failure("not a login and a password");
        }
        int colon = key.indexOf(':');
        var user = new String(bytes(key.substring(0, colon)), StandardCharsets.UTF_8);
        try {
            return switch (pam.check(user, bytes(key.substring(colon + 1)))) {
                case Pam.Verdict.Right() -> new Result.Present();
                case Pam.Verdict.Wrong() -> new Result.Missing();
                case Pam.Verdict.Unknown(int code) -> new Result.Failure("PAM: error " + code);
            };
        } catch (InterruptedIOException e) {
            // A module that hangs may hold what the others need: only another process helps.
            System.err.println("smtpd: accounts: PAM hangs");
            Runtime.getRuntime().halt(HANGS);
            return new Result.Failure("PAM hangs");
        } catch (IOException e) {
            return new Result.Failure(String.valueOf(e.getMessage()));
        }
    }

    private static byte[] bytes(String wire) {
        return wire.getBytes(StandardCharsets.ISO_8859_1);
    }
}
