package org.postern.front.login;

import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.postern.mail.Chunk;

/// Bytes that have to be text in UTF-8.
final class Utf8 {
    private Utf8() {}

    /// The text; empty if it is none.
    static Optional<String> read(Chunk bytes) {
        try {
            return Optional.of(
                    StandardCharsets.UTF_8.newDecoder().decode(bytes.buffer()).toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }
}
