package org.postern.config;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.postern.mail.AddressSyntax;

/// The versions of TLS that may be spoken.
///
///     protocols = [ "!" ] version { ( "," | ":" ) [ "!" ] version }
///
/// A list that begins with `!` starts from all versions. Versions before 1.2 are known by name, and are
/// never spoken.
public record Protocols(Set<Version> versions) {

    /// What is spoken when the configuration says nothing.
    public static final Protocols STANDARD = new Protocols(EnumSet.allOf(Version.class));

    public Protocols {
        versions = Set.copyOf(versions);
        if (versions.isEmpty()) {
            throw new IllegalArgumentException("no version of TLS");
        }
    }

    /// A version of TLS.
    public enum Version {
        /// RFC 5246.
        TLS_1_2,
        /// RFC 8446.
        TLS_1_3
    }

    /// The list in the form of the configuration.
    public String text() {
        return versions.stream()
                .sorted()
                .map(version -> version == Version.TLS_1_2 ? "tlsv1.2" : "tlsv1.3")
                .collect(Collectors.joining(","));
    }

    /// Reads a list of versions.
    static Protocols parse(Tokens in) throws Syntax {
        var at = in.position();
        var text = in.text("versions of TLS");
        Set<Version> versions =
                text.startsWith("!") ? EnumSet.allOf(Version.class) : EnumSet.noneOf(Version.class);
        for (String item : text.split("[,:]", -1)) {
            boolean without = item.startsWith("!");
            var name = without ? item.substring(1) : item;
            var named = named(name);
            if (named.isEmpty()) {
                throw in.error(
                        at,
                        "expected versions of TLS such as tlsv1.2,tlsv1.3, found \"" + name + '"');
            }
            if (without) {
                versions.removeAll(named.get());
            } else {
                versions.addAll(named.get());
            }
        }
        if (versions.isEmpty()) {
            throw in.error(at, "this leaves no version of TLS; 1.2 and 1.3 are spoken");
        }
        return new Protocols(versions);
    }

    private static Optional<Set<Version>> named(String name) {
        return switch (AddressSyntax.fold(name)) {
            case "all", "legacy", "default", "secure", "tlsv1" ->
                    Optional.of(EnumSet.allOf(Version.class));
            case "tlsv1.0", "tlsv1.1" -> Optional.of(EnumSet.noneOf(Version.class));
            case "tlsv1.2" -> Optional.of(EnumSet.of(Version.TLS_1_2));
            case "tlsv1.3" -> Optional.of(EnumSet.of(Version.TLS_1_3));
            default -> Optional.empty();
        };
    }
}
