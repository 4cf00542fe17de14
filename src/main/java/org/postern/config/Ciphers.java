package org.postern.config;

import java.util.List;
import org.postern.tls.suite.CipherList;
import org.postern.tls.suite.Suite;

/// The ciphers that TLS may use before version 1.3: a list in the notation of OpenSSL, or one of
/// the names `default`, `secure`, `compat`, `legacy`, `all` and `insecure`.
public record Ciphers(String text) {

    /// What holds when the configuration says nothing.
    public static final Ciphers STANDARD = new Ciphers("HIGH:!aNULL");

    /// Reads a list of ciphers.
    static Ciphers parse(Tokens in) throws Syntax {
        var at = in.position();
        var text = in.text("ciphers");
        if (!text.matches("[A-Za-z0-9!+@=:,._-]+")) {
            throw in.error(at, "expected ciphers such as \"HIGH:!aNULL\", found \"" + text + '"');
        }
        return switch (CipherList.read(text)) {
            case CipherList.Chosen(_) -> new Ciphers(text);
            case CipherList.Unknown(var item) ->
                    throw in.error(at, "there are no ciphers called \"" + item + "\" here");
            case CipherList.Empty() -> throw in.error(at, "no cipher is left of \"" + text + '"');
        };
    }

    /// The suites of TLS 1.2, the best first; those of TLS 1.3 are always the same.
    public List<Suite> suites() {
        return switch (CipherList.read(text)) {
            case CipherList.Chosen(var suites) -> suites;
            case CipherList.Unknown(_), CipherList.Empty() -> List.of();
        };
    }
}
