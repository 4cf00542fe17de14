package org.postern.tool;

import java.util.List;
import java.util.Optional;

/// A server as the command line of `smtp` names it.
///
///     [proto://][user:password@]host[:port]
///
/// @param login the login and password in the name, or nothing
record SmtpServer(Speech speech, Security security, List<Login> login, String host, int port) {

    /// What is spoken.
    enum Speech {
        SMTP,
        /// RFC 2033: a reply for each recipient.
        LMTP
    }

    /// When TLS is spoken.
    enum Security {
        /// When the server offers it.
        OFFERED,
        /// Always, or nothing is said.
        REQUIRED,
        /// Never.
        NONE,
        /// From the first byte.
        AT_ONCE
    }

    /// A login and its password.
    record Login(String user, String password) {
        /// Not the password.
        @Override
        public String toString() {
            return "Login[" + user + "]";
        }
    }

    SmtpServer {
        login = List.copyOf(login);
        if (host.isEmpty() || port < 1 || port > 65535) {
            throw new IllegalArgumentException("not a server");
        }
    }

    /// The server that `text` names; empty if it is malformed.
    static Optional<SmtpServer> parse(String text) {
        int end = text.indexOf("://");
        var word = end < 0 ? "smtp" : text.substring(0, end);
        var rest = end < 0 ? text : text.substring(end + 3);
        int plus = word.indexOf('+');
        var begin = plus < 0 ? word : word.substring(0, plus);
        return switch (plus < 0 ? "" : word.substring(plus)) {
            case "" ->
                    begin.equals("smtps")
                            ? place(Speech.SMTP, Security.AT_ONCE, rest)
                            : speech(begin).flatMap(s -> place(s, Security.OFFERED, rest));
            case "+tls" -> speech(begin).flatMap(s -> place(s, Security.REQUIRED, rest));
            case "+notls" -> speech(begin).flatMap(s -> place(s, Security.NONE, rest));
            default -> Optional.empty();
        };
    }

    private static Optional<Speech> speech(String word) {
        return switch (word) {
            case "smtp" -> Optional.of(Speech.SMTP);
            case "lmtp" -> Optional.of(Speech.LMTP);
            default -> Optional.empty();
        };
    }

    private static Optional<SmtpServer> place(Speech speech, Security security, String text) {
        int at = text.lastIndexOf('@');
        var login = List.<Login>of();
        if (at >= 0) {
            int colon = text.indexOf(':');
            if (colon < 1 || colon > at) {
                return Optional.empty();
            }
            login = List.of(new Login(text.substring(0, colon), text.substring(colon + 1, at)));
        }
        var place = text.substring(at + 1);
        int bracket = place.startsWith("[") ? place.indexOf(']') : -1;
        int colon = place.indexOf(':', bracket + 1);
        var host = place.substring(0, colon < 0 ? place.length() : colon);
        if (bracket >= 0) {
            if (bracket != host.length() - 1) {
                return Optional.empty();
            }
            host = host.substring(1, bracket);
        }
        var digits = colon < 0 ? "" : place.substring(colon + 1);
        if (host.isEmpty() || (colon >= 0 && !digits.matches("[0-9]{1,5}"))) {
            return Optional.empty();
        }
        int port = colon < 0 ? security == Security.AT_ONCE ? 465 : 25 : Integer.parseInt(digits);
        return port < 1 || port > 65535
                ? Optional.empty()
                : Optional.of(new SmtpServer(speech, security, login, host, port));
    }
}
