package org.postern.config;

import org.postern.mail.AddressSyntax;

/// A `ca` directive: the certificates of authorities that are trusted, under a name. Of several lines
/// for one name the last counts.
///
///     ca name cert path
///
/// @param path the file with the certificates, PEM
public record Authority(Position at, String name, String path) implements Directive {

    /// The word after the name.
    enum Word {
        CERT
    }

    /// Reads the rest of a line that began with `ca`. Names are kept in lower case.
    static Authority parse(Tokens in) throws Syntax {
        var at = in.position();
        var name = Pki.name(in, "ca");
        in.word(Word.class, "cert");
        return new Authority(at, AddressSyntax.fold(name), in.text("the path of a certificate"));
    }
}
