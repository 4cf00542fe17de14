package org.postern.tls.suite;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// A cipher suite that we speak, under its two names.
///
/// @param openSslName in the words of OpenSSL, which configurations, logs and the Received field
///   use
/// @param javaName in the words of IANA's registry, which Java uses
/// @param bits how long the key of the cipher is
/// @param words what a list of OpenSSL can call it by, in upper case
public record Suite(String openSslName, String javaName, int bits, Set<String> words) {

    public Suite {
        words = Set.copyOf(words);
    }

    /// The suites of TLS 1.3 (RFC 8446 section B.4), the best first.
    public static final List<Suite> TLS_1_3 =
            List.of(
                    new13("TLS_AES_256_GCM_SHA384", 256),
                    new13("TLS_CHACHA20_POLY1305_SHA256", 256),
                    new13("TLS_AES_128_GCM_SHA256", 128));

    /// The suites of TLS 1.2 that Java has and that are not broken: all agree on keys that are
    /// forgotten afterwards. The best first.
    public static final List<Suite> TLS_1_2 = suites();

    private static Suite new13(String name, int bits) {
        return new Suite(name, name, bits, Set.of(name));
    }

    private static List<Suite> suites() {
        var suites = new ArrayList<Suite>();
        for (var exchange : List.of("ECDHE-ECDSA", "ECDHE-RSA", "DHE-RSA")) {
            suites.add(suite(exchange, "AES256-GCM-SHA384", "AES_256_GCM_SHA384"));
            suites.add(suite(exchange, "CHACHA20-POLY1305", "CHACHA20_POLY1305_SHA256"));
            suites.add(suite(exchange, "AES128-GCM-SHA256", "AES_128_GCM_SHA256"));
        }
        for (var exchange : List.of("ECDHE-ECDSA", "ECDHE-RSA")) {
            suites.add(suite(exchange, "AES256-SHA384", "AES_256_CBC_SHA384"));
            suites.add(suite(exchange, "AES128-SHA256", "AES_128_CBC_SHA256"));
            suites.add(suite(exchange, "AES256-SHA", "AES_256_CBC_SHA"));
            suites.add(suite(exchange, "AES128-SHA", "AES_128_CBC_SHA"));
        }
        suites.add(suite("DHE-RSA", "AES256-SHA256", "AES_256_CBC_SHA256"));
        suites.add(suite("DHE-RSA", "AES128-SHA256", "AES_128_CBC_SHA256"));
        suites.add(suite("DHE-RSA", "AES256-SHA", "AES_256_CBC_SHA"));
        suites.add(suite("DHE-RSA", "AES128-SHA", "AES_128_CBC_SHA"));
        return List.copyOf(suites);
    }

    /// Does it agree on keys without elliptic curves?
    public boolean isFiniteField() {
        return openSslName.startsWith("DHE-");
    }

    private static Suite suite(String exchange, String cipher, String java) {
        var name = exchange + '-' + cipher;
        var words = new ArrayList<>(List.of(name, "ALL", "HIGH"));
        words.addAll(
                exchange.startsWith("ECDHE")
                        ? List.of("ECDHE", "EECDH", "KECDHE", "KEECDH", "ECDH")
                        : List.of("DHE", "EDH", "KDHE", "KEDH", "DH"));
        words.addAll(exchange.endsWith("ECDSA") ? List.of("AECDSA", "ECDSA") : List.of("ARSA"));
        boolean strong = cipher.startsWith("AES256") || cipher.startsWith("CHACHA");
        words.addAll(
                cipher.startsWith("CHACHA")
                        ? List.of("CHACHA20")
                        : List.of("AES", strong ? "AES256" : "AES128"));
        if (cipher.contains("GCM")) {
            words.add("AESGCM");
        }
        if (!java.contains("CBC")) {
            words.add("AEAD");
        }
        if (cipher.endsWith("-SHA")) {
            words.addAll(List.of("SHA", "SHA1", "SSLV3", "TLSV1", "TLSV1.0"));
        } else {
            words.add("TLSV1.2");
            words.add(cipher.endsWith("SHA384") ? "SHA384" : "SHA256");
        }
        return new Suite(
                name,
                "TLS_" + exchange.replace('-', '_') + "_WITH_" + java,
                strong ? 256 : 128,
                Set.copyOf(words));
    }
}
