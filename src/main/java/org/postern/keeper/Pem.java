package org.postern.keeper;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/// The blocks of a PEM file (RFC 7468).
final class Pem {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----\\s*\n([^-]*)-----END ([A-Z0-9 ]+)-----");

    /// One block: what it says it is, and its lines.
    record Block(String label, String text) {
        /// The bytes it holds.
        ///
        /// @throws IllegalArgumentException if it is not base64
        byte[] bytes() {
            return Base64.getMimeDecoder().decode(text.replaceAll("\\s", ""));
        }

        /// Is it encrypted in the way of old OpenSSL?
        boolean isEncrypted() {
            return label.equals("ENCRYPTED PRIVATE KEY") || text.contains("ENCRYPTED");
        }
    }

    private Pem() {}

    /// The blocks of `text`, in order. What stands between them is not looked at.
    static List<Block> blocks(String text) {
        var blocks = new ArrayList<Block>();
        var matcher = BLOCK.matcher(text);
        while (matcher.find()) {
            if (matcher.group(1).equals(matcher.group(3))) {
                blocks.add(new Block(matcher.group(1), matcher.group(2)));
            }
        }
        return blocks;
    }
}
