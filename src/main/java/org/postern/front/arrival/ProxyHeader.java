package org.postern.front.arrival;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;

/// What a proxy says of the client it speaks for, before the client's own bytes: the PROXY
/// protocol, versions 1 (a line) and 2 (binary).
///
/// Not one byte behind the header is read, so whatever comes next, be it TLS or SMTP, finds its own
/// bytes all there.
public sealed interface ProxyHeader {
    /// The longest header of version 2 without its first 16 bytes; certificates may be in it.
    int LONGEST = 16 * 1024;

    /// The longest header of version 1, with its line end.
    int LONGEST_LINE = 107;

    /// The proxy speaks for a client at `from`, which has connected to `to`.
    record Client(InetSocketAddress from, InetSocketAddress to) implements ProxyHeader {}

    /// The proxy speaks for itself, to see whether we are there.
    record Itself() implements ProxyHeader {}

    /// It is no header, or not one that can be believed; `reason` is fit for a log.
    record Malformed(String reason) implements ProxyHeader {}

    /// Where the bytes come from.
    @FunctionalInterface
    interface Source {
        /// Waits for bytes and puts up to `length` of them at `from`; how many, or -1 at the end.
        int read(byte[] into, int from, int length) throws IOException;
    }

    /// Reads a header.
    ///
    /// @throws EOFException if the connection ends within it
    static ProxyHeader read(Source source) throws IOException {
        return ProxyReader.read(source);
    }
}
