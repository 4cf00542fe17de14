package org.postern.front.login;

import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.postern.mail.Chunk;

/// What a client of SCRAM says last: `client-final-message`, RFC 5802 section 7.
///
/// @param channel its header and what binds it to its channel
/// @param nonce both nonces
/// @param proof that it has the password
/// @param unproved the message without the proof, as it came
public record ScramFinal(Chunk channel, String nonce, Chunk proof, String unproved) {
    /// The longest message that is looked at, in bytes.
    private static final int LONGEST = 8192;

    /// Reads a message; empty if it is none.
    public static Optional<ScramFinal> parse(Chunk message) {
        if (message.length() > LONGEST) {
            return Optional.empty();
        }
        var text = message.text();
        int proof = text.lastIndexOf(",p=");
        var parts = proof < 0 ? new String[0] : text.substring(0, proof).split(",", -1);
        if (parts.length < 2
                || text.indexOf('\0') >= 0
                || !parts[0].startsWith("c=")
                || !parts[1].startsWith("r=")
                || !ScramFirst.areExtensions(List.of(parts).subList(2, parts.length))) {
            return Optional.empty();
        }
        var channel = base64(parts[0].substring(2));
        var proved = base64(text.substring(proof + 3));
        return channel.isEmpty() || proved.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new ScramFinal(
                                channel.get(),
                                parts[1].substring(2),
                                proved.get(),
                                text.substring(0, proof)));
    }

    /// What `text` encodes, if it is how that has to be written (RFC 4648 section 3.5).
    public static Optional<Chunk> base64(String text) {
        try {
            var bytes = Base64.getDecoder().decode(text);
            return Base64.getEncoder().encodeToString(bytes).equals(text)
                    ? Optional.of(Chunk.handOver(bytes))
                    : Optional.empty();
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    /// Never the proof: with what both ends said before, passwords could be tried on it.
    @Override
    public String toString() {
        return "ScramFinal[" + nonce + "]";
    }
}
