package org.postern.smtp;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.postern.mail.AddressSyntax;
import org.postern.mail.Mailbox;

/// What follows `MAIL FROM:` or `RCPT TO:`: a path and its parameters (RFC 5321 section 4.1.2).
///
/// @param path what stands between the angle brackets, one character for each byte
/// @param script in what it is written
public record PathArgument(String path, List<Parameter> parameters, Script script) {
    /// The parameter of MAIL that allows UTF-8 in a mail transaction.
    public static final String SMTPUTF8 = "SMTPUTF8";

    public PathArgument {
        parameters = List.copyOf(parameters);
    }

    /// A path in UTF-8 if its own parameters say so, else in ASCII.
    public PathArgument(String path, List<Parameter> parameters) {
        this(
                path,
                parameters,
                parameters.stream().anyMatch(one -> one.name().equals(SMTPUTF8))
                        ? Script.UTF8
                        : Script.ASCII);
    }

    /// The characters of a path.
    public enum Script {
        ASCII,
        /// RFC 6531 section 3.3.
        UTF8
    }

    /// The same, in a mail transaction in which UTF-8 is allowed.
    public PathArgument inUtf8() {
        return new PathArgument(path, parameters, Script.UTF8);
    }

    /// The argument written as `text`; empty if it does not begin with a path in angle brackets.
    public static Optional<PathArgument> parse(String text) {
        int end = text.indexOf('>');
        if (!text.startsWith("<") || end < 0) {
            return Optional.empty();
        }
        var rest = Blanks.trimmed(text.substring(end + 1));
        var words = rest.isEmpty() ? List.<String>of() : Arrays.asList(rest.split("[ \t]+"));
        return Optional.of(
                new PathArgument(
                        text.substring(1, end), words.stream().map(Parameter::parse).toList()));
    }

    /// `other` in the place of this: with its parameters, and those of this that it does not give
    /// itself.
    public PathArgument rewritten(PathArgument other) {
        var all = new ArrayList<>(other.parameters);
        for (var parameter : parameters) {
            if (all.stream().noneMatch(one -> one.name().equalsIgnoreCase(parameter.name()))) {
                all.add(parameter);
            }
        }
        return new PathArgument(other.path, all, script);
    }

    /// Is it the null path, `<>`?
    public boolean isNull() {
        return path.isEmpty();
    }

    /// The mailbox that the path names; empty if it names none.
    ///
    /// A source route is dropped (RFC 5321 appendix F.2). A mailbox without a domain, such as
    /// `<postmaster>`, is one of `ourDomain`. A quoted local-part that needs no quotes loses them.
    public Optional<Mailbox> mailbox(String ourDomain) {
        var address = path;
        if (address.startsWith("@")) {
            int colon = address.indexOf(':');
            if (colon < 0 || !isSourceRoute(address.substring(0, colon))) {
                return Optional.empty();
            }
            address = address.substring(colon + 1);
        }
        int at = address.lastIndexOf('@');
        var localPart = at < 0 ? address : address.substring(0, at);
        var domain = at < 0 ? ourDomain : address.substring(at + 1);
        return switch (script) {
            case ASCII -> Mailbox.of(unquoted(localPart), domain);
            case UTF8 ->
                    utf8(unquoted(localPart))
                            .flatMap(
                                    local ->
                                            utf8(domain)
                                                    .flatMap(
                                                            name ->
                                                                    Mailbox.international(
                                                                            local, name)));
        };
    }

    private static Optional<String> utf8(String bytes) {
        try {
            var buffer = ByteBuffer.wrap(bytes.getBytes(StandardCharsets.ISO_8859_1));
            return Optional.of(StandardCharsets.UTF_8.newDecoder().decode(buffer).toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    private static boolean isSourceRoute(String text) {
        return Arrays.stream(text.split(",", -1))
                .allMatch(hop -> hop.startsWith("@") && AddressSyntax.isDomain(hop.substring(1)));
    }

    private static String unquoted(String localPart) {
        int length = localPart.length();
        return length > 2 && localPart.charAt(0) == '"' && localPart.charAt(length - 1) == '"'
                ? localPart.substring(1, length - 1)
                : localPart;
    }
}
