package org.postern.queue.store;

import java.nio.ByteBuffer;

/// A heap buffer that grows as it is written.
final class Growing {
    private ByteBuffer buffer;

    Growing(int capacity) {
        buffer = ByteBuffer.allocate(capacity);
    }

    /// The buffer, with room for at least `more` bytes.
    ByteBuffer room(int more) {
        if (buffer.remaining() < more) {
            int size = Math.max(buffer.capacity() * 2, Math.addExact(buffer.position(), more));
            buffer = ByteBuffer.allocate(size).put(buffer.flip());
        }
        return buffer;
    }

    /// Keeps the first `length` bytes, and gives back the memory of the others: whoever holds a
    /// view of them keeps it.
    void cut(int length) {
        buffer = ByteBuffer.allocate(length + 64).put(buffer.array(), 0, length);
    }

    int position() {
        return buffer.position();
    }

    byte[] array() {
        return buffer.array();
    }

    ByteBuffer buffer() {
        return buffer;
    }
}
