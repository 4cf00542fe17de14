package org.postern.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.postern.mail.AddressSyntax;

/// A `pki` directive: the certificate chain and the private key under a name. Several lines of one name
/// add up; a field said twice takes the last.
///
///     pki name { cert path | key path | dhe ( none | auto | legacy ) }
public record Pki(Position at, String name, List<Field> fields) implements Directive {

    public Pki {
        fields = List.copyOf(fields);
    }

    /// One field.
    public sealed interface Field {
        /// The file with the certificate chain, PEM.
        record Certificate(String path) implements Field {}

        /// The file with the private key, PEM, which only the room `keeper` reads.
        record Key(String path) implements Field {}

        /// The group for ephemeral keys.
        record EphemeralKeys(Dhe group) implements Field {}
    }

    /// The groups for ephemeral Diffie-Hellman keys.
    public enum Dhe {
        /// As long as the certificate's key.
        AUTO,
        /// For very old clients, 1024 bits once; now as [#AUTO].
        LEGACY,
        /// Only elliptic curves.
        NONE
    }

    /// The file with the certificate chain.
    public Optional<String> certificate() {
        return fields.reversed().stream()
                .filter(Field.Certificate.class::isInstance)
                .map(field -> ((Field.Certificate) field).path())
                .findFirst();
    }

    /// The file with the private key.
    public Optional<String> key() {
        return fields.reversed().stream()
                .filter(Field.Key.class::isInstance)
                .map(field -> ((Field.Key) field).path())
                .findFirst();
    }

    /// The group for ephemeral Diffie-Hellman keys.
    public Dhe dhe() {
        return fields.reversed().stream()
                .filter(Field.EphemeralKeys.class::isInstance)
                .map(field -> ((Field.EphemeralKeys) field).group())
                .findFirst()
                .orElse(Dhe.NONE);
    }

    /// This and a later line of the same name.
    Pki and(Pki later) {
        var all = new ArrayList<>(fields);
        all.addAll(later.fields);
        return new Pki(at, name, all);
    }

    /// The words that begin a field.
    enum Word {
        CERT,
        DHE,
        KEY
    }

    /// Reads the name of a pki or ca.
    static String name(Tokens in, String what) throws Syntax {
        var at = in.position();
        var name = in.string("the name of a " + what);
        if (!name.equals("*") && !AddressSyntax.isHostName(name)) {
            throw in.error(at, "the name of a " + what + " is a host name or \"*\"");
        }
        return name;
    }

    /// Reads the rest of a line that began with `pki`. Names are kept in lower case.
    static Pki parse(Tokens in) throws Syntax {
        var at = in.position();
        var name = name(in, "pki");
        var fields = new ArrayList<Field>();
        while (in.sees(Word.class)) {
            fields.add(
                    switch (in.word(Word.class, "cert or key")) {
                        case CERT -> new Field.Certificate(in.text("the path of a certificate"));
                        case KEY -> new Field.Key(in.text("the path of a key"));
                        case DHE -> new Field.EphemeralKeys(dhe(in));
                    });
        }
        return new Pki(at, AddressSyntax.fold(name), fields);
    }

    private static Dhe dhe(Tokens in) throws Syntax {
        var at = in.position();
        var name = in.text("auto, legacy or none");
        return switch (AddressSyntax.fold(name)) {
            case "auto" -> Dhe.AUTO;
            case "legacy" -> Dhe.LEGACY;
            case "none" -> Dhe.NONE;
            default -> throw in.error(at, "expected auto, legacy or none, found \"" + name + '"');
        };
    }
}
