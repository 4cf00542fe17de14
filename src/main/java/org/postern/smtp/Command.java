package org.postern.smtp;

/// One command line of a client, RFC 5321 section 4.1.1, as far as its verb tells it apart.
///
/// What follows the verb is kept as it came, without blanks around it: the session looks at it when
/// it has found that the command may be given at all.
public sealed interface Command {
    /// HELO, RFC 5321 section 4.1.1.1.
    record Helo(String domain) implements Command {}

    /// EHLO, RFC 5321 section 4.1.1.1.
    record Ehlo(String domain) implements Command {}

    /// MAIL, RFC 5321 section 4.1.1.2: the reverse-path and its parameters.
    record MailFrom(String argument) implements Command {}

    /// RCPT, RFC 5321 section 4.1.1.3: the forward-path and its parameters.
    record RcptTo(String argument) implements Command {}

    /// DATA, RFC 5321 section 4.1.1.4.
    record Data(String argument) implements Command {}

    /// BDAT, RFC 3030 section 2: the size of a chunk, which follows the line at once.
    record Bdat(String argument) implements Command {}

    /// RSET, RFC 5321 section 4.1.1.5.
    record Rset(String argument) implements Command {}

    /// VRFY, RFC 5321 section 4.1.1.6.
    record Vrfy(String argument) implements Command {}

    /// EXPN, RFC 5321 section 4.1.1.7.
    record Expn(String argument) implements Command {}

    /// HELP, RFC 5321 section 4.1.1.8.
    record Help(String argument) implements Command {}

    /// NOOP, RFC 5321 section 4.1.1.9.
    record Noop() implements Command {}

    /// QUIT, RFC 5321 section 4.1.1.10.
    record Quit(String argument) implements Command {}

    /// STARTTLS, RFC 3207 section 4.
    record StartTls(String argument) implements Command {}

    /// AUTH, RFC 4954 section 4. What follows may be a secret.
    record Auth(String argument) implements Command {
        /// The verb alone.
        @Override
        public String toString() {
            return "Auth";
        }
    }

    /// A request of HTTP: its sender is a browser that somebody makes send mail, or no client at
    /// all, and what follows is not meant for us.
    record Http(String line) implements Command {}

    /// XCLIENT, of Postfix: attributes of another client.
    record Xclient(String argument) implements Command {}

    /// A verb that we do not know, or an empty line.
    record Unknown(String line) implements Command {}

    /// The command that `line` gives; the line comes without its end.
    static Command parse(String line) {
        var text = Blanks.trimmedBehind(line);
        if (begins(text, "MAIL FROM:")) {
            return new MailFrom(Blanks.trimmed(text.substring(10)));
        }
        if (begins(text, "RCPT TO:")) {
            return new RcptTo(Blanks.trimmed(text.substring(8)));
        }
        int space = text.indexOf(' ');
        var verb = upper(space < 0 ? text : text.substring(0, space));
        var argument = space < 0 ? "" : Blanks.trimmed(text.substring(space + 1));
        return switch (verb) {
            case "HELO" -> new Helo(argument);
            case "EHLO" -> new Ehlo(argument);
            case "DATA" -> new Data(argument);
            case "BDAT" -> new Bdat(argument);
            case "XCLIENT" -> new Xclient(argument);
            case "RSET" -> new Rset(argument);
            case "VRFY" -> new Vrfy(argument);
            case "EXPN" -> new Expn(argument);
            case "HELP" -> new Help(argument);
            case "NOOP" -> new Noop();
            case "QUIT" -> new Quit(argument);
            case "STARTTLS" -> new StartTls(argument);
            case "AUTH" -> new Auth(argument);
            case "GET",
                    "POST",
                    "HEAD",
                    "PUT",
                    "PATCH",
                    "DELETE",
                    "OPTIONS",
                    "CONNECT",
                    "TRACE",
                    "PRI" ->
                    argument.isEmpty() ? new Unknown(text) : new Http(text);
            default -> new Unknown(text);
        };
    }

    /// `line` as it may be logged: what follows AUTH and its mechanism is left out.
    static String withoutSecrets(String line) {
        if (!begins(line.stripLeading(), "AUTH")) {
            return line;
        }
        var words = line.strip().split("[ \t]+", 3);
        return words.length < 2 ? words[0] : words[0] + " " + words[1] + " (...)";
    }

    /// `line` as filters see it: what follows AUTH and its mechanism is asterisks.
    static String masked(String line) {
        if (!begins(line.stripLeading(), "AUTH")) {
            return line;
        }
        var words = line.strip().split("[ \t]+", 3);
        return words.length < 3 ? line.strip() : words[0] + " " + words[1] + " ********";
    }

    private static boolean begins(String text, String word) {
        return text.regionMatches(true, 0, word, 0, word.length());
    }

    private static String upper(String verb) {
        return verb.length() > 8 ? "" : verb.toUpperCase(java.util.Locale.ROOT);
    }
}
