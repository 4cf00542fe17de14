package org.postern.log;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/// Strings of JSON (RFC 8259 section 7), in ASCII, so that no sink and no terminal can spoil them.
final class Json {
    private static final String HEX = "0123456789abcdef";

    private Json() {}

    /// Appends `value` as a string, with its quotes. What a peer sent may stand there byte by byte:
    /// where those bytes are UTF-8, the text that they stand for is appended.
    static void string(StringBuilder to, String value) {
        var text = decoded(value);
        to.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> to.append('\\').append(c);
                case '\n' -> to.append("\\n");
                case '\r' -> to.append("\\r");
                case '\t' -> to.append("\\t");
                default -> {
                    if (c >= ' ' && c < 127) {
                        to.append(c);
                    } else {
                        escape(to, c);
                    }
                }
            }
        }
        to.append('"');
    }

    private static void escape(StringBuilder to, char c) {
        to.append("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) {
            to.append(HEX.charAt((c >> shift) & 15));
        }
    }

    private static String decoded(String value) {
        boolean ascii = true;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c > 255) {
                return value;
            }
            ascii &= c < 128;
        }
        if (ascii) {
            return value;
        }
        try {
            var bytes = ByteBuffer.wrap(value.getBytes(StandardCharsets.ISO_8859_1));
            return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException e) {
            // Then it is not UTF-8, and each byte stands for itself.
            return value;
        }
    }
}
