package org.postern.tls;

import java.io.IOException;
import java.security.SignatureException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Why a handshake with a client failed, in words for whoever reads the log. Java's own words name
/// its classes and methods, and the reason only at the bottom.
public final class HandshakeFault {
    /// What Java says, in part, and what it means.
    private record Saying(String java, String meaning) {}

    private static final List<Saying> SAYINGS =
            List.of(
                    new Saying("Empty client certificate chain", "the client shows no certificate"),
                    new Saying("no cipher suites in common", "no cipher in common"),
                    new Saying(
                            "No available authentication scheme",
                            "no certificate of a kind that the client knows"),
                    new Saying(
                            "not enabled or supported in server context",
                            "the client speaks no version of TLS that is allowed"),
                    new Saying(
                            "are not accepted by server preferences",
                            "the client speaks no version of TLS that is allowed"),
                    new Saying("nrecognized SSL message", "what came is not TLS"));

    /// What Java writes before the name of an alert (RFC 8446 section 6.2) that it was sent.
    private static final String ALERT = "Received fatal alert: ";

    private HandshakeFault() {}

    /// What `failure`, with which a handshake ended, means.
    public static String text(IOException failure) {
        return Stream.iterate((Throwable) failure, e -> e != null, Throwable::getCause)
                .flatMap(cause -> meaning(cause).stream())
                .findFirst()
                .orElseGet(() -> said(String.valueOf(failure.getMessage())));
    }

    private static Optional<String> meaning(Throwable cause) {
        return switch (cause) {
            case SignatureException e when e.getCause() instanceof IOException trouble ->
                    Optional.of("nothing can be signed: " + trouble.getMessage());
            case CertificateException e ->
                    Optional.of("the client's certificate is not valid: " + flaw(e));
            default -> Optional.empty();
        };
    }

    private static String flaw(CertificateException fault) {
        return Stream.iterate((Throwable) fault, e -> e != null, Throwable::getCause)
                .flatMap(
                        cause ->
                                switch (cause) {
                                    case CertificateExpiredException _ ->
                                            Stream.of("it has expired");
                                    case CertificateNotYetValidException _ ->
                                            Stream.of("it is not valid yet");
                                    case CertPathBuilderException _ ->
                                            Stream.of("no authority of ours vouches for it");
                                    default -> Stream.empty();
                                })
                .findFirst()
                .orElseGet(() -> String.valueOf(fault.getMessage()));
    }

    private static String said(String java) {
        int alert = java.indexOf(ALERT);
        if (alert >= 0) {
            var name = java.substring(alert + ALERT.length());
            return "the client ended it: " + name.replace('_', ' ');
        }
        return SAYINGS.stream()
                .filter(saying -> java.contains(saying.java()))
                .findFirst()
                .map(Saying::meaning)
                .orElse(java);
    }
}
