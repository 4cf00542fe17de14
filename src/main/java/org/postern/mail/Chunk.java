package org.postern.mail;

import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// An immutable run of bytes. Bytes travel through the house as chunks, so that records that hold
/// them can be compared and nobody changes them on the way.
public final class Chunk {
    /// The chunk without a byte.
    public static final Chunk EMPTY = new Chunk(new byte[0], 0, 0);

    private final byte[] bytes;
    private final int from;
    private final int length;

    private Chunk(byte[] bytes, int from, int length) {
        this.bytes = bytes;
        this.from = from;
        this.length = length;
    }

    /// A copy of all of `bytes`.
    public static Chunk copyOf(byte[] bytes) {
        return new Chunk(bytes.clone(), 0, bytes.length);
    }

    /// A copy of what remains in `buffer`, whose position moves to its limit.
    public static Chunk copyOf(ByteBuffer buffer) {
        var copy = new byte[buffer.remaining()];
        buffer.get(copy);
        return new Chunk(copy, 0, copy.length);
    }

    /// A copy of `length` bytes of `bytes`, beginning at `from`.
    public static Chunk copyOf(byte[] bytes, int from, int length) {
        return new Chunk(Arrays.copyOfRange(bytes, from, from + length), 0, length);
    }

    /// All of `bytes`, without a copy: the caller hands the array over and does not touch it again.
    public static Chunk handOver(byte[] bytes) {
        return new Chunk(bytes, 0, bytes.length);
    }

    /// The bytes of `text`, one for each character (ISO 8859-1).
    public static Chunk of(String text) {
        return of(text, StandardCharsets.ISO_8859_1);
    }

    /// The bytes of `text` in `charset`.
    public static Chunk of(String text, Charset charset) {
        return handOver(text.getBytes(charset));
    }

    /// How many bytes there are.
    public int length() {
        return length;
    }

    /// Is there not a single byte?
    public boolean isEmpty() {
        return length == 0;
    }

    /// The byte at `index`, counted from 0.
    public byte at(int index) {
        return bytes[from + java.util.Objects.checkIndex(index, length)];
    }

    /// The bytes from `begin` (included) to `end` (excluded), sharing this chunk's memory.
    public Chunk slice(int begin, int end) {
        java.util.Objects.checkFromToIndex(begin, end, length);
        return new Chunk(bytes, from + begin, end - begin);
    }

    /// A read-only view of the bytes.
    public ByteBuffer buffer() {
        return ByteBuffer.wrap(bytes, from, length).slice().asReadOnlyBuffer();
    }

    /// Copies the bytes into `target` at its position.
    public void putInto(ByteBuffer target) {
        target.put(bytes, from, length);
    }

    /// Writes the bytes to `out`.
    public void writeTo(java.io.OutputStream out) throws java.io.IOException {
        out.write(bytes, from, length);
    }

    /// A stream over the bytes.
    public java.io.InputStream stream() {
        return new java.io.ByteArrayInputStream(bytes, from, length);
    }

    /// A copy of the bytes.
    public byte[] toArray() {
        return Arrays.copyOfRange(bytes, from, from + length);
    }

    /// The bytes as text, one character each (ISO 8859-1).
    public String text() {
        return new String(bytes, from, length, StandardCharsets.ISO_8859_1);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Chunk that
                && Arrays.equals(
                        bytes, from, from + length, that.bytes, that.from, that.from + that.length);
    }

    @Override
    public int hashCode() {
        int hash = 1;
        for (int i = from; i < from + length; i++) {
            hash = 31 * hash + bytes[i];
        }
        return hash;
    }

    /// How long it is; never what it holds, because chunks hold mail.
    @Override
    public String toString() {
        return "Chunk[" + length + " bytes]";
    }
}
