package org.postern.tool;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import org.postern.mail.Chunk;
import org.postern.os.Crypt;
import org.postern.smtp.ScramKeys;

/// `smtpctl encrypt`: hashes of passwords, as tables of credentials hold them.
final class Encrypt {
    /// What is tried in turn, the best first: yescrypt, then SHA-512.
    private static final List<String> KINDS = List.of("$y$", "$6$");

    /// How often the keys of SCRAM are hashed: a twentieth of a second of ours, and of the client's
    /// at each login.
    private static final int ITERATIONS = 65_536;

    private static final int SALT_BYTES = 16;

    private final Terminal terminal;

    Encrypt(Terminal terminal) {
        this.terminal = terminal;
    }

    /// Makes of a password what is kept of it.
    private interface Hashing {
        int hash(String password) throws IOException;
    }

    /// Hashes the word, or each line of standard input.
    ///
    /// @return the exit status
    /// @throws IOException if the library that hashes is missing
    int run(List<String> words) throws IOException {
        var crypt = Crypt.open();
        return each(words, password -> hash(crypt, password));
    }

    /// Makes keys for SCRAM-SHA-256 of the word, or of each line of standard input.
    ///
    /// @return the exit status
    int scram(List<String> words) throws IOException {
        return each(words, this::keys);
    }

    private int each(List<String> words, Hashing hashing) throws IOException {
        if (!words.isEmpty()) {
            return hashing.hash(words.getFirst());
        }
        var in = new BufferedReader(new InputStreamReader(terminal.in(), StandardCharsets.UTF_8));
        for (var line = in.readLine(); line != null; line = in.readLine()) {
            if (hashing.hash(line) != Smtpctl.OK) {
                return Smtpctl.FAILED;
            }
        }
        return Smtpctl.OK;
    }

    private int keys(String password) throws IOException {
        var bytes = Chunk.of(password, StandardCharsets.UTF_8);
        if (bytes.isEmpty() || bytes.length() > Crypt.LONGEST_PASSWORD) {
            return refused();
        }
        var salt = new byte[SALT_BYTES];
        new SecureRandom().nextBytes(salt);
        terminal.line(ScramKeys.of(bytes, Chunk.handOver(salt), ITERATIONS).text());
        return Smtpctl.OK;
    }

    private int refused() throws IOException {
        terminal.complain("a password has 1 to " + Crypt.LONGEST_PASSWORD + " bytes");
        return Smtpctl.FAILED;
    }

    private int hash(Crypt crypt, String password) throws IOException {
        var bytes = password.getBytes(StandardCharsets.UTF_8);
        if (bytes.length == 0 || bytes.length > Crypt.LONGEST_PASSWORD) {
            return refused();
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
