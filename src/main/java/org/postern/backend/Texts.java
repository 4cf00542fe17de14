package org.postern.backend;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/// The text of keys and values: on the wire each character is a byte; a database wants characters.
final class Texts {
    private Texts() {}

    /// The characters of a key: its bytes are UTF-8, or Latin-1 if they cannot be.
    static String fromWire(String bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.getBytes(StandardCharsets.ISO_8859_1)))
                    .toString();
        } catch (CharacterCodingException e) {
            return bytes;
        }
    }

    /// The bytes of a value, in UTF-8.
    static String toWire(String characters) {
        return new String(characters.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }
}
