package org.postern.front.login;

import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;
import org.postern.mail.Chunk;

/// What a client says that shows a token in the place of a password: OAUTHBEARER, RFC 7628 section
/// 3.1, and XOAUTH2, from which it was made.
///
/// @param user who the client says it is; empty where only the token says it
/// @param token as it came (RFC 6750 section 2.1)
public record BearerResponse(String user, Chunk token) {
    /// The longest token, in bytes.
    public static final int LONGEST_TOKEN = 8192;

    private static final String SEPARATOR = "\1";
    private static final String END = SEPARATOR + SEPARATOR;
    private static final Pattern VALUE = Pattern.compile("(?i:Bearer) +([A-Za-z0-9._~+/-]+=*)");

    /// Reads what OAUTHBEARER says; empty if it is no such message.
    public static Optional<BearerResponse> parse(Chunk message) {
        var text = message.text();
        int end = text.indexOf(SEPARATOR);
        if (end < 0 || !text.endsWith(END)) {
            return Optional.empty();
        }
        var header = text.substring(0, end).split(",", -1);
        if (header.length != 3
                || !(header[0].equals("n") || header[0].equals("y"))
                || !header[2].isEmpty()) {
            return Optional.empty();
        }
        var rest = text.length() < end + 1 + END.length() ? "" : text.substring(end + 1);
        return ScramFirst.owner(header[1])
                .flatMap(owner -> response(owner.isEmpty() ? "" : owner.getFirst(), rest));
    }

    /// Reads what XOAUTH2 says; empty if it is no such message.
    public static Optional<BearerResponse> parseOld(Chunk message) {
        var text = message.text();
        int end = text.indexOf(SEPARATOR);
        if (end < 0 || !text.startsWith("user=") || !text.endsWith(END)) {
            return Optional.empty();
        }
        return LoginName.read(Chunk.of(text.substring("user=".length(), end)))
                .flatMap(user -> response(user, text.substring(end + 1)));
    }

    /// Pairs, each ended by the separator, and one more.
    private static Optional<BearerResponse> response(String user, String pairs) {
        if (!pairs.endsWith(END)) {
            return Optional.empty();
        }
        var each = pairs.substring(0, pairs.length() - END.length()).split(SEPARATOR, -1);
        if (!Arrays.stream(each).allMatch(pair -> pair.matches("[A-Za-z]+=[ -~\t\r\n]*"))) {
            return Optional.empty();
        }
        var tokens =
                Arrays.stream(each)
                        .filter(pair -> pair.startsWith("auth="))
                        .map(pair -> VALUE.matcher(pair.substring("auth=".length())))
                        .toList();
        return tokens.size() == 1 && tokens.getFirst().matches()
                ? Optional.of(tokens.getFirst().group(1))
                        .filter(token -> token.length() <= LONGEST_TOKEN)
                        .map(token -> new BearerResponse(user, Chunk.of(token)))
                : Optional.empty();
    }

    /// Never the token.
    @Override
    public String toString() {
        return "BearerResponse[" + user + "]";
    }
}
