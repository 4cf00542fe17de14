package org.postern.delivery;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.postern.mail.AddressSyntax;

/// The format specifiers of delivery commands and paths, `%{token[range]:modifiers}`.
///
///     token     = sender | rcpt | dest, each also with .user and .domain
///               | user.username | user.directory | mbox.from | mda
///     range     = "[" n "]" | "[" [ from ] ":" [ to ] "]"
///     modifiers = modifier { "|" modifier }
///     modifier  = lowercase | uppercase | strip | raw
///
/// `%%` is a percent sign, a leading `~/` the home directory. Modifiers come first, then the
/// characters that mean something to a shell become `:` (unless `raw`), then the range is cut out.
/// What is malformed is an error, never left as it stands.
final class Template {
    /// The longest text that comes out, in characters.
    static final int LONGEST = 4096;

    private static final int LONGEST_TOKEN = 127;
    private static final int LARGEST_INDEX = 1024;
    private static final String SHELL_CHARACTERS = "!#$%&'*?`{|}~";

    private final String template;
    private final Purpose purpose;
    private final Values values;
    private final StringBuilder out = new StringBuilder();

    private Template(String template, Purpose purpose, Values values) {
        this.template = template;
        this.purpose = purpose;
        this.values = values;
    }

    /// What the text is for.
    enum Purpose {
        /// A command line for a shell.
        COMMAND,
        /// A path: no `/` and no leading dot may come from a name.
        PATH
    }

    /// What came of a template.
    sealed interface Expansion {
        /// The text.
        record Text(String text) implements Expansion {}

        /// It is malformed, or does not go with these values.
        record Malformed(String why) implements Expansion {}
    }

    private static final class Bad extends Exception {
        private static final long serialVersionUID = 1L;

        Bad(String why) {
            super(why);
        }
    }

    /// Puts the values into a command line.
    static Expansion command(String template, Values values) {
        return new Template(template, Purpose.COMMAND, values).expansion();
    }

    /// Puts the values into a path, which has to be absolute then, without `.` and `..`.
    static Expansion path(String template, Values values) {
        return new Template(template, Purpose.PATH, values).expansion();
    }

    private Expansion expansion() {
        try {
            expand();
            if (purpose == Purpose.PATH) {
                checkPath();
            }
            return new Expansion.Text(out.toString());
        } catch (Bad bad) {
            return new Expansion.Malformed(bad.getMessage() + " in \"" + template + '"');
        }
    }

    private void expand() throws Bad {
        int at = 0;
        if (template.startsWith("~/")) {
            out.append(values.home()).append('/');
            at = 2;
        }
        while (at < template.length()) {
            char c = template.charAt(at);
            if (c == '%' && template.startsWith("%", at + 1)) {
                out.append('%');
                at += 2;
            } else if (c == '%' && template.startsWith("{", at + 1)) {
                int end = template.indexOf('}', at);
                if (end < 0) {
                    throw new Bad("unclosed %{");
                }
                specifier(template.substring(at + 2, end));
                at = end + 1;
            } else {
                out.append(c);
                at++;
            }
            if (out.length() > LONGEST) {
                throw new Bad("more than " + LONGEST + " characters");
            }
        }
    }

    private void specifier(String text) throws Bad {
        if (text.length() > LONGEST_TOKEN) {
            throw new Bad("overlong %{}");
        }
        int bracket = text.indexOf('[');
        int colon = text.indexOf(':', bracket < 0 ? 0 : Math.max(bracket, text.indexOf(']')));
        int nameEnd = bracket >= 0 ? bracket : colon >= 0 ? colon : text.length();
        var name = text.substring(0, nameEnd).toLowerCase(Locale.ROOT);
        var modifiers = colon < 0 ? "" : text.substring(colon + 1);
        var value = modified(name, value(name), modifiers, text);
        if (bracket >= 0 && !value.isEmpty()) {
            int end = colon < 0 ? text.length() : colon;
            if (text.charAt(end - 1) != ']') {
                throw new Bad("malformed range in %{" + text + "}");
            }
            value = range(value, text.substring(bracket + 1, end - 1));
        }
        append(name, value);
    }

    private String value(String name) throws Bad {
        var sender = values.sender();
        return switch (name) {
            case "sender" -> sender;
            case "sender.user" -> user(sender);
            case "sender.domain" -> domain(sender);
            case "mbox.from" -> sender.isEmpty() ? "MAILER-DAEMON" : sender;
            case "rcpt" -> values.original();
            case "rcpt.user" -> user(values.original());
            case "rcpt.domain" -> domain(values.original());
            case "dest" -> values.recipient();
            case "dest.user" -> user(values.recipient());
            case "dest.domain" -> domain(values.recipient());
            case "user.username" -> values.user();
            case "user.directory" -> values.home();
            case "mda" -> {
                if (values.mda().isEmpty()) {
                    throw new Bad("%{mda} outside a wrapper");
                }
                yield values.mda();
            }
            default -> throw new Bad("unknown specifier %{" + name + "}");
        };
    }

    private static String user(String mailbox) {
        return mailbox.substring(0, Math.max(mailbox.lastIndexOf('@'), 0));
    }

    private static String domain(String mailbox) {
        return mailbox.substring(mailbox.lastIndexOf('@') + 1);
    }

    private static boolean isTrusted(String name) {
        return name.equals("user.directory") || name.equals("mda");
    }

    private String modified(String name, String value, String modifiers, String text) throws Bad {
        boolean raw = isTrusted(name);
        if (modifiers.isEmpty()) {
            if (text.endsWith(":")) {
                throw new Bad("no modifier in %{" + text + "}");
            }
            return raw ? value : sanitised(value);
        }
        var changed = value;
        for (var modifier : modifiers.split("\\|", -1)) {
            switch (modifier.toLowerCase(Locale.ROOT)) {
                case "lowercase" -> changed = AddressSyntax.fold(changed);
                case "uppercase" -> changed = changed.toUpperCase(Locale.ROOT);
                case "strip" -> changed = stripped(changed);
                case "raw" -> raw = true;
                default -> throw new Bad("unknown modifier in %{" + text + "}");
            }
        }
        return raw ? changed : sanitised(changed);
    }

    private String stripped(String value) {
        int from = value.indexOf(values.delimiter());
        int at = value.indexOf('@');
        if (from <= 0 || (at >= 0 && from > at)) {
            return value;
        }
        return value.substring(0, from) + (at < 0 ? "" : value.substring(at));
    }

    /// Makes `:` of each character that a shell might act upon.
    static String sanitised(String value) {
        var clean = new StringBuilder(value);
        for (int i = 0; i < clean.length(); i++) {
            if (SHELL_CHARACTERS.indexOf(clean.charAt(i)) >= 0) {
                clean.setCharAt(i, ':');
            }
        }
        return clean.toString();
    }

    /// Cuts out a range. The end is included, and counted from the last character but one when it
    /// is negative: `[0:-4]` of `example.org` is `example`.
    private static String range(String value, String range) throws Bad {
        int colon = range.indexOf(':');
        int length = value.length();
        int from = number(colon < 0 ? range : range.substring(0, colon), 0, colon < 0);
        int to = colon < 0 ? from : number(range.substring(colon + 1), length - 1, false);
        int begin = from < 0 ? from + length : from;
        int end = Math.min(to < 0 ? to + length - 1 : to, length - 1);
        if (begin < 0 || begin > end || range.equals(":")) {
            throw new Bad("range [" + range + "] does not fit");
        }
        return value.substring(begin, end + 1);
    }

    private static int number(String text, int otherwise, boolean needed) throws Bad {
        if (text.isEmpty() && !needed) {
            return otherwise;
        }
        try {
            int number = Integer.parseInt(text);
            if (Math.abs(number) <= LARGEST_INDEX) {
                return number;
            }
        } catch (NumberFormatException notNumeric) {
            throw new Bad("malformed range [" + text + "]");
        }
        throw new Bad("range beyond " + LARGEST_INDEX);
    }

    private void append(String name, String value) throws Bad {
        if (purpose == Purpose.COMMAND || isTrusted(name)) {
            out.append(value);
            return;
        }
        boolean begins = out.isEmpty() || out.charAt(out.length() - 1) == '/';
        if (begins && value.startsWith(".")) {
            throw new Bad("%{" + name + "} begins with a dot");
        }
        if (begins && value.isEmpty()) {
            throw new Bad("%{" + name + "} is empty");
        }
        // A path is put together from bytes.
        var bytes = value.getBytes(StandardCharsets.UTF_8);
        out.append(new String(bytes, StandardCharsets.ISO_8859_1).replace('/', ':'));
    }

    private void checkPath() throws Bad {
        if (out.isEmpty() || out.charAt(0) != '/') {
            throw new Bad("not an absolute path");
        }
        if (out.chars().anyMatch(c -> c < ' ' || c == 127)) {
            throw new Bad("a control character");
        }
        for (var component : out.toString().split("/", -1)) {
            if (component.equals(".") || component.equals("..")) {
                throw new Bad("a component that is " + component);
            }
        }
    }

    /// What the specifiers stand for.
    ///
    /// @param sender the reverse-path, empty if null
    /// @param original the recipient that RCPT TO named
    /// @param recipient the recipient after expansion
    /// @param user the local user's name
    /// @param home the user's home directory
    /// @param mda the command within a wrapper; empty outside one
    /// @param delimiter what begins a sub-address
    record Values(
            String sender,
            String original,
            String recipient,
            String user,
            String home,
            String mda,
            char delimiter) {

        /// These values within a wrapper around `command`.
        Values around(String command) {
            return new Values(sender, original, recipient, user, home, command, delimiter);
        }
    }
}
