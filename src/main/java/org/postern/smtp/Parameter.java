package org.postern.smtp;

/// A parameter of MAIL or RCPT, `NAME` or `NAME=value` (RFC 5321 section 4.1.2).
///
/// @param name in capitals
/// @param value what follows the `=`, or empty
/// @param text the parameter as it came
public record Parameter(String name, String value, String text) {
    /// The parameter that `word` writes.
    static Parameter parse(String word) {
        int equals = word.indexOf('=');
        var name = equals < 0 ? word : word.substring(0, equals);
        var value = equals < 0 ? "" : word.substring(equals + 1);
        return new Parameter(name.toUpperCase(java.util.Locale.ROOT), value, word);
    }
}
