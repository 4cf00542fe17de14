package org.postern.fuzz;

import java.io.EOFException;
import java.io.IOException;
import org.postern.front.arrival.ProxyHeader;

/// The reader of PROXY headers: whatever comes is a header, none, or too short, and pieces make no
/// difference.
public final class ProxyFuzz {
    private ProxyFuzz() {}

    /// One input: what a proxy sends.
    public static void fuzzerTestOneInput(byte[] data) throws IOException {
        var whole = read(data, Integer.MAX_VALUE);
        var pieces = read(data, 1);
        if (!whole.equals(pieces)) {
            throw new AssertionError(whole + " is in pieces " + pieces);
        }
    }

    private static String read(byte[] data, int piece) throws IOException {
        var at = new int[1];
        try {
            var said =
                    ProxyHeader.read(
                            (into, from, length) -> {
                                int count = Math.min(Math.min(piece, length), data.length - at[0]);
                                System.arraycopy(data, at[0], into, from, count);
                                at[0] += count;
                                return count == 0 ? -1 : count;
                            });
            return said instanceof ProxyHeader.Malformed ? said.toString() : said + " " + at[0];
        } catch (EOFException e) {
            return "too short";
        }
    }
}
