package org.postern.config;

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
        return new Ciphers(text);
    }
}
