package org.postern.tool;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.postern.os.Crypt;

/// `smtpctl encrypt`: hashes of passwords, as tables of credentials hold them.
final class Encrypt {
    /// What is tried in turn, the best first: yescrypt, then SHA-512.
    private static final List<String> KINDS = List.of("$y$", "$6$");

    private final Terminal terminal;

    Encrypt(Terminal terminal) {
        this.terminal = terminal;
    }

    /// Hashes the word, or each line of standard input.
    ///
    /// @return the exit status
    /// @throws IOException if the library that hashes is missing
    int run(List<String> words) throws IOException {
        var crypt = Crypt.open();
        if (!words.isEmpty()) {
            return hash(crypt, words.getFirst());
        }
        var in = new BufferedReader(new InputStreamReader(terminal.in(), StandardCharsets.UTF_8));
        for (var line = in.readLine(); line != null; line = in.readLine()) {
            if (hash(crypt, line) != Smtpctl.OK) {
                return Smtpctl.FAILED;
            }
        }
        return Smtpctl.OK;
    }

    private int hash(Crypt crypt, String password) throws IOException {
        var bytes = password.getBytes(StandardCharsets.UTF_8);
        if (bytes.length == 0 || bytes.length > Crypt.LONGEST_PASSWORD) {
            terminal.complain("a password has 1 to " + Crypt.LONGEST_PASSWORD + " bytes");
            return Smtpctl.FAILED;
        }
        for (var kind : KINDS) {
            var setting = crypt.setting(kind);
            if (setting.isPresent()) {
                terminal.line(crypt.hash(bytes, setting.get()).orElseThrow());
                return Smtpctl.OK;
            }
        }
        terminal.complain("the library libcrypt makes neither yescrypt nor SHA-512");
        return Smtpctl.FAILED;
    }
}
