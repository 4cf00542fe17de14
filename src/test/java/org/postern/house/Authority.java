package org.postern.house;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A certificate authority of a test's own, in a directory of its own.
final class Authority {
    /// What keys are made of.
    enum Kind {
        RSA("rsa:2048"),
        P256("ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
        ED25519("ed25519");

        private final List<String> words;

        Kind(String... words) {
            this.words = List.of(words);
        }

        private List<String> newKey() {
            var all = new ArrayList<>(List.of("-newkey"));
            all.addAll(words);
            all.add("-nodes");
            return all;
        }
    }

    private final Path directory;

    private Authority(Path directory) {
        this.directory = directory;
    }

    /// Founds one in a new directory.
    static Authority found(Path directory) throws Exception {
        Files.createDirectory(directory);
        var authority = new Authority(directory);
        var words = new ArrayList<>(List.of("openssl", "req", "-x509", "-days", "2"));
        words.addAll(Kind.P256.newKey());
        words.addAll(List.of("-subj", "/CN=" + directory.getFileName()));
        words.addAll(List.of("-keyout", authority.key().toString()));
        words.addAll(List.of("-out", authority.certificate().toString()));
        run(words);
        return authority;
    }

    private Path key() {
        return directory.resolve("authority.key");
    }

    /// Its own certificate, in PEM.
    Path certificate() {
        return directory.resolve("authority.pem");
    }

    /// Makes the directory `keys` with `key.pem` and `cert.pem` for a host, and both in `keys.p12`,
    /// with the password `sesame`.
    void certify(String host, Path keys) throws Exception {
        certify(host, keys, Kind.P256);
    }

    /// The same for a key of that kind.
    void certify(String host, Path keys, Kind kind) throws Exception {
        Files.createDirectory(keys);
        var key = keys.resolve("key.pem").toString();
        var certificate = keys.resolve("cert.pem").toString();
        var words = new ArrayList<>(List.of("openssl", "req", "-x509", "-days", "2"));
        words.addAll(kind.newKey());
        words.addAll(List.of("-CA", certificate().toString(), "-CAkey", key().toString()));
        words.addAll(List.of("-subj", "/CN=" + host, "-addext", "subjectAltName=DNS:" + host));
        words.addAll(List.of("-addext", "basicConstraints=critical,CA:FALSE"));
        words.addAll(List.of("-keyout", key, "-out", certificate));
        run(words);
        run(
                List.of(
                        "openssl",
                        "pkcs12",
                        "-export",
                        "-inkey",
                        key,
                        "-in",
                        certificate,
                        "-passout",
                        "pass:sesame",
                        "-out",
                        keys.resolve("keys.p12").toString()));
    }

    private static void run(List<String> words) throws Exception {
        if (SystemUsers.run(words.toArray(String[]::new)) != 0) {
            throw new IOException("failed: " + String.join(" ", words));
        }
    }
}
