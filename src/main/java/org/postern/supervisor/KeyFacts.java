package org.postern.supervisor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.postern.config.Authority;
import org.postern.config.Config;
import org.postern.config.Pki;
import org.postern.config.Position;
import org.postern.config.Problem;
import org.postern.os.ProcessFacts;

/// What can be said about the files of certificates and private keys without reading a key: that is
/// the room `keeper`'s alone. `smtpd -n` says it, so that it does not take a start to find out.
final class KeyFacts {
    private static final int OTHERS_MAY = 0037;

    private KeyFacts() {}

    /// What is wrong with the files that the configuration names.
    static List<Problem> mistakes(Config config) {
        var keys =
                config.pki().values().stream()
                        .sorted(Comparator.comparing(Pki::name))
                        .flatMap(
                                pki ->
                                        mistakes(pki).stream()
                                                .map(text -> problem(config, pki.at(), text)));
        var authorities =
                config.authorities().values().stream()
                        .sorted(Comparator.comparing(Authority::name))
                        .flatMap(
                                authority ->
                                        certificate(Path.of(authority.path())).stream()
                                                .map(
                                                        text ->
                                                                problem(
                                                                        config,
                                                                        authority.at(),
                                                                        text)));
        return Stream.concat(keys, authorities).toList();
    }

    private static Problem problem(Config config, Position at, String text) {
        return config.sources().problem(at, text, List.of());
    }

    private static List<String> mistakes(Pki pki) {
        var texts = new ArrayList<String>();
        pki.certificate().map(Path::of).flatMap(KeyFacts::certificate).ifPresent(texts::add);
        pki.key().map(Path::of).flatMap(KeyFacts::key).ifPresent(texts::add);
        return texts;
    }

    private static Optional<String> certificate(Path file) {
        if (!Files.isRegularFile(file)) {
            return Optional.of("there is no file " + file);
        }
        try (var in = Files.newInputStream(file)) {
            return CertificateFactory.getInstance("X.509").generateCertificates(in).isEmpty()
                    ? Optional.of(file + ": no certificate in it")
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.of(file + ": cannot be read");
        } catch (CertificateException e) {
            return Optional.of(file + ": no certificate in it");
        }
    }

    /// As the keeper demands: a key is its owner's, root or this user, and others leave it alone.
    private static Optional<String> key(Path file) {
        if (!Files.isRegularFile(file)) {
            return Optional.of("there is no file " + file);
        }
        try {
            int owner = number(file, "unix:uid");
            if (owner != 0 && owner != ProcessFacts.identity().uid()) {
                return Optional.of(file + ": a key must belong to root");
            }
            return (number(file, "unix:mode") & OTHERS_MAY) != 0
                    ? Optional.of(file + ": others than its owner can read or change the key")
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.of(file + ": cannot be read");
        }
    }

    private static int number(Path file, String attribute) throws IOException {
        return (Integer) Files.getAttribute(file, attribute);
    }
}
