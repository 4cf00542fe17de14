package org.postern.front.login;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.postern.mail.Chunk;

/// What a client of SCRAM says first: `client-first-message`, RFC 5802 section 7.
///
/// @param binding whether it is bound to its channel
/// @param header the gs2-header, as it came
/// @param owner as whom the client wants to act, or empty; at most one
/// @param nonce the client's
/// @param bare what follows the header, as it came
public record ScramFirst(
        Binding binding,
        String header,
        List<String> owner,
        String user,
        String nonce,
        String bare) {
    /// The longest message that is looked at, in bytes.
    private static final int LONGEST = 2048;

    private static final int LONGEST_NONCE = 512;

    /// What the client says of channel binding (RFC 5802 section 6).
    public sealed interface Binding {
        /// It knows none: `n`.
        record Unknown() implements Binding {}

        /// It would have, but believes that we have not: `y`.
        record Missed() implements Binding {}

        /// It is bound to its channel in the way of this name: `p=`.
        record By(String name) implements Binding {}
    }

    public ScramFirst {
        owner = List.copyOf(owner);
    }

    /// Reads a message; empty if it is none, or needs an extension that nobody knows.
    public static Optional<ScramFirst> parse(Chunk message) {
        if (message.length() > LONGEST) {
            return Optional.empty();
        }
        var text = message.text();
        int flag = text.indexOf(',');
        int header = text.indexOf(',', flag + 1) + 1;
        if (flag < 1 || header == 0 || text.indexOf('\0') >= 0) {
            return Optional.empty();
        }
        var binding = binding(text.substring(0, flag));
        var owner = owner(text.substring(flag + 1, header - 1));
        var bare = text.substring(header);
        var parts = bare.split(",", -1);
        if (binding.isEmpty()
                || owner.isEmpty()
                || parts.length < 2
                || !parts[0].startsWith("n=")
                || !parts[1].startsWith("r=")
                || !areExtensions(List.of(parts).subList(2, parts.length))) {
            return Optional.empty();
        }
        var nonce = parts[1].substring(2);
        return name(parts[0].substring(2))
                .filter(_ -> isNonce(nonce))
                .map(
                        user ->
                                new ScramFirst(
                                        binding.get(),
                                        text.substring(0, header),
                                        owner.get(),
                                        user,
                                        nonce,
                                        bare));
    }

    private static Optional<Binding> binding(String flag) {
        return switch (flag) {
            case "n" -> Optional.of(new Binding.Unknown());
            case "y" -> Optional.of(new Binding.Missed());
            default ->
                    flag.matches("p=[A-Za-z0-9.-]{1,64}")
                            ? Optional.of(new Binding.By(flag.substring(2)))
                            : Optional.empty();
        };
    }

    /// Nothing, or one name; empty if it is neither.
    static Optional<List<String>> owner(String text) {
        if (text.isEmpty()) {
            return Optional.of(List.of());
        }
        return text.startsWith("a=") ? name(text.substring(2)).map(List::of) : Optional.empty();
    }

    /// A `saslname`: `=2C` is a comma and `=3D` an equals sign, which it otherwise has not.
    private static Optional<String> name(String text) {
        var plain = text.replace("=2C", ",").replace("=3D", "\0");
        return plain.indexOf('=') >= 0
                ? Optional.empty()
                : LoginName.read(Chunk.of(plain.replace('\0', '=')));
    }

    private static boolean isNonce(String text) {
        return !text.isEmpty()
                && text.length() <= LONGEST_NONCE
                && text.chars().allMatch(c -> c > ' ' && c < 127 && c != ',');
    }

    /// Attributes that nobody knows are no matter, but for `m`, which asks for what is not there.
    static boolean areExtensions(List<String> parts) {
        var kept = new ArrayList<>(parts);
        kept.removeIf(part -> part.matches("(?s)[A-Za-ln-z]=.+"));
        return kept.isEmpty();
    }
}
