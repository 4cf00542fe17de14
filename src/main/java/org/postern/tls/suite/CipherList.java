package org.postern.tls.suite;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/// A list of ciphers in the notation of OpenSSL's ciphers(1), as it chooses among the suites of TLS
/// 1.2; those of TLS 1.3 are not chosen from.
///
///     list = name | item { ( ":" | "," | " " ) item }
///     item = [ "!" | "-" | "+" ] word { "+" word } | "@STRENGTH"
///     name = "default" | "secure" | "compat" | "legacy" | "all" | "insecure"
public sealed interface CipherList {
    /// It can be followed.
    ///
    /// @param suites what it leaves of TLS 1.2, in its order
    record Chosen(List<Suite> suites) implements CipherList {
        public Chosen {
            suites = List.copyOf(suites);
        }
    }

    /// It cannot: we have nothing by the name of `item`.
    record Unknown(String item) implements CipherList {}

    /// Nothing is left of it.
    record Empty() implements CipherList {}

    /// What `text` says.
    static CipherList read(String text) {
        var list = Words.NAMED.getOrDefault(text.toLowerCase(Locale.ROOT), text);
        var chosen = new ArrayList<Suite>();
        var killed = new HashSet<Suite>();
        boolean modern = false;
        for (var item : list.split("[:, ]+", -1)) {
            if (item.isEmpty()) {
                continue;
            }
            if (item.equalsIgnoreCase("@STRENGTH")) {
                chosen.sort(Comparator.comparingInt(Suite::bits).reversed());
                continue;
            }
            char sign = "!-+".indexOf(item.charAt(0)) >= 0 ? item.charAt(0) : ' ';
            var words = item.substring(sign == ' ' ? 0 : 1).toUpperCase(Locale.ROOT);
            modern |= sign == ' ' && Words.isModern(words);
            if (!Words.areKnown(words, sign)) {
                return new Unknown(item);
            }
            var meant = Words.meant(words);
            switch (sign) {
                case '!' -> {
                    killed.addAll(meant);
                    chosen.removeAll(meant);
                }
                case '-' -> chosen.removeAll(meant);
                case '+' -> {
                    var moved = chosen.stream().filter(meant::contains).toList();
                    chosen.removeAll(moved);
                    chosen.addAll(moved);
                }
                default ->
                        meant.stream()
                                .filter(Predicate.not(chosen::contains))
                                .filter(Predicate.not(killed::contains))
                                .forEach(chosen::add);
            }
        }
        return chosen.isEmpty() && !modern ? new Empty() : new Chosen(chosen);
    }

    /// The words of lists.
    final class Words {
        /// The names that stand for a list.
        private static final Map<String, String> NAMED =
                Map.of(
                        "default", "AEAD+ECDHE:AEAD+DHE",
                        "secure", "AEAD+ECDHE:AEAD+DHE",
                        "compat", "HIGH:!aNULL",
                        "legacy", "HIGH:MEDIUM:!aNULL",
                        "all", "ALL:!aNULL:!eNULL",
                        "insecure", "ALL:!aNULL:!eNULL");

        /// What OpenSSL has words for, and we have no suite of.
        private static final Set<String> ABSENT =
                Set.of(
                        """
                        3DES ADH ADSS AECDH AESCCM AESCCM8 AGOST ANULL ARIA ARIA128 ARIA256 ARIAGCM
                        CAMELLIA CAMELLIA128 CAMELLIA256 COMPLEMENTOFALL COMPLEMENTOFDEFAULT DES DSS
                        ENULL EXP EXPORT EXPORT40 EXPORT56 GOST89MAC GOST94 IDEA KDH KDHD KDHR KECDHR
                        KGOST KPSK KRSA KSRP LOW MD5 MEDIUM NULL PSK RC2 RC4 RSA SEED SRP SSLV2"""
                                .split("\\s+"));

        private Words() {}

        private static boolean isModern(String words) {
            return words.startsWith("TLSV1.3")
                    || Suite.TLS_1_3.stream().anyMatch(suite -> suite.words().contains(words));
        }

        /// A cipher that is to be left out need not be one that we have.
        private static boolean areKnown(String words, char sign) {
            for (var word : words.split("\\+", -1)) {
                boolean isName = word.indexOf('-') > 0 && (sign == '!' || sign == '-');
                if (!isName && !isKnown(word)) {
                    return false;
                }
            }
            return true;
        }

        private static boolean isKnown(String word) {
            return ABSENT.contains(word)
                    || word.equals("DEFAULT")
                    || isModern(word)
                    || Suite.TLS_1_2.stream().anyMatch(suite -> suite.words().contains(word));
        }

        private static List<Suite> meant(String words) {
            return Suite.TLS_1_2.stream()
                    .filter(
                            suite -> {
                                for (var word : words.split("\\+", -1)) {
                                    if (!word.equals("DEFAULT") && !suite.words().contains(word)) {
                                        return false;
                                    }
                                }
                                return true;
                            })
                    .toList();
        }
    }
}
