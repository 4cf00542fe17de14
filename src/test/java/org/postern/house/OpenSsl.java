package org.postern.house;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/// What OpenSSL's own client saw of one connection.
///
/// @param status 0 if the handshake and the verification went well
/// @param words everything it printed
record OpenSsl(int status, String words) {
    private static final Pattern COMMON_NAME =
            Pattern.compile("^subject=.*CN = (\\S+)$", Pattern.MULTILINE);

    /// Connects to `port` by `openssl s_client` with `options`, says QUIT and waits for the end.
    static OpenSsl connect(int port, String... options) throws Exception {
        var command = new ArrayList<>(List.of("timeout", "60", "openssl", "s_client"));
        command.addAll(List.of("-connect", "127.0.0.1:" + port, "-crlf", "-ign_eof"));
        command.addAll(List.of(options));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (var in = process.getOutputStream()) {
            in.write("QUIT\n".getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            // It has ended already.
        }
        var words =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            fail("openssl does not end:\n" + words);
        }
        return new OpenSsl(process.exitValue(), words);
    }

    /// The host that the server's certificate is for, or nothing if it showed none.
    String host() {
        var matcher = COMMON_NAME.matcher(words);
        return matcher.find() ? matcher.group(1) : "";
    }

    boolean says(String text) {
        return words.contains(text);
    }

    /// The certificate in a file.
    static X509Certificate certificate(Path file) throws IOException, GeneralSecurityException {
        try (var in = java.nio.file.Files.newInputStream(file)) {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }
}
