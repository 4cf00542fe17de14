package org.postern.tls;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.security.auth.x500.X500Principal;

/// The host names that a certificate is for, RFC 6125 section 6.4: its subject alternative names,
/// and the common name only where it has none for a host or an address.
///
/// @param names in lower case; `*` may stand for the whole left-most label, if two more follow
record CertifiedNames(List<String> names) {
    private static final int DNS = 2;
    private static final int ADDRESS = 7;

    CertifiedNames {
        names = List.copyOf(names);
    }

    static CertifiedNames of(X509Certificate certificate) {
        var names = new ArrayList<String>();
        boolean alternative = false;
        try {
            var all = certificate.getSubjectAlternativeNames();
            for (var name : all == null ? List.<List<?>>of() : all) {
                var kind = (Integer) name.get(0);
                alternative |= kind == DNS || kind == ADDRESS;
                if (kind == DNS) {
                    names.add(((String) name.get(1)).toLowerCase(Locale.ROOT));
                }
            }
        } catch (CertificateParsingException e) {
            return new CertifiedNames(List.of()); // it serves as the first one, or not at all
        }
        return alternative ? new CertifiedNames(names) : ofCommonName(certificate);
    }

    /// A subject with several common names is not clear about which one it means.
    private static CertifiedNames ofCommonName(X509Certificate certificate) {
        var names =
                Stream.of(
                                certificate
                                        .getSubjectX500Principal()
                                        .getName(X500Principal.RFC2253)
                                        .split("(?<!\\\\)[,+]", -1))
                        .filter(part -> part.startsWith("CN="))
                        .map(part -> part.substring(3).toLowerCase(Locale.ROOT))
                        .toList();
        return new CertifiedNames(names.size() == 1 ? names : List.of());
    }

    /// Is the certificate for the host called `name`, in lower case?
    boolean cover(String name) {
        return names.stream().anyMatch(pattern -> matches(pattern, name));
    }

    private static boolean matches(String pattern, String name) {
        if (!pattern.startsWith("*.")) {
            return pattern.equals(name);
        }
        int dot = name.indexOf('.');
        var rest = pattern.substring(1);
        return dot > 0 && rest.indexOf('.', 1) > 0 && name.substring(dot).equals(rest);
    }
}
