package org.postern.tool;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/// The encoding of RFC 2045 section 6.7 for text: no line is longer than 76 characters.
final class QuotedPrintable {
    private static final int LONGEST = 75;
    private static final String DIGITS = "0123456789ABCDEF";

    private QuotedPrintable() {}

    /// Encodes `in`, whose lines end in LF, to `out`.
    static void encode(InputStream in, OutputStream out) throws IOException {
        int column = 0;
        int octet = in.read();
        while (octet >= 0) {
            int after = in.read();
            if (octet == '\n') {
                out.write('\n');
                column = 0;
            } else {
                boolean plain = isPlain(octet) || (isSpace(octet) && after != '\n' && after >= 0);
                int width = plain ? 1 : 3;
                if (column + width > LONGEST) {
                    out.write('=');
                    out.write('\n');
                    column = 0;
                }
                if (plain) {
                    out.write(octet);
                } else {
                    out.write('=');
                    out.write(DIGITS.charAt(octet >> 4));
                    out.write(DIGITS.charAt(octet & 15));
                }
                column += width;
            }
            octet = after;
        }
    }

    private static boolean isPlain(int octet) {
        return octet > 32 && octet < 127 && octet != '=';
    }

    private static boolean isSpace(int octet) {
        return octet == ' ' || octet == '\t';
    }
}
