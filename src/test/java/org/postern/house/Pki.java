package org.postern.house;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A key and a certificate for `mx.example.org` that signs itself.
final class Pki {
    private Pki() {}

    /// Makes the directory `keys`, with `key.pem`, which only its owner may read, and `cert.pem`.
    static void make(Path keys) throws Exception {
        Files.createDirectory(keys);
        int status =
                SystemUsers.run(
                        "openssl",
                        "req",
                        "-x509",
                        "-newkey",
                        "ec",
                        "-pkeyopt",
                        "ec_paramgen_curve:P-256",
                        "-nodes",
                        "-subj",
                        "/CN=mx.example.org",
                        "-addext",
                        "subjectAltName=DNS:mx.example.org",
                        "-days",
                        "2",
                        "-keyout",
                        keys.resolve("key.pem").toString(),
                        "-out",
                        keys.resolve("cert.pem").toString());
        if (status != 0) {
            throw new IOException("openssl could not make a key");
        }
    }
}
