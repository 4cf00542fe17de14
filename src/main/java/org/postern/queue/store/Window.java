package org.postern.queue.store;

import java.io.IOException;
import java.nio.ByteBuffer;

/// Reads a file from the beginning to the end through a buffer of a megabyte or, for a longer
/// record, of its size.
final class Window {
    private static final int SIZE = 1 << 20;

    private final Disk.File file;
    private ByteBuffer buffer = ByteBuffer.allocate(SIZE).limit(0);
    private long from;

    Window(Disk.File file) {
        this.file = file;
    }

    /// The bytes at `at`, valid until the next call.
    ///
    /// @throws Damaged if the file ends before them
    ByteBuffer at(long at, int length) throws IOException {
        if (at < from || at + length > from + buffer.limit()) {
            if (buffer.capacity() < length) {
                buffer = ByteBuffer.allocate(length);
            } else if (buffer.capacity() > SIZE && length <= SIZE) {
                buffer = ByteBuffer.allocate(SIZE);
            }
            file.read(buffer.clear(), at);
            buffer.flip();
            from = at;
            if (buffer.limit() < length) {
                throw new Damaged("a segment ends at " + (at + buffer.limit()));
            }
        }
        return buffer.slice((int) (at - from), length);
    }
}
