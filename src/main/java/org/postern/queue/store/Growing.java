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
