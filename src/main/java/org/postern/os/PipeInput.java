package org.postern.os;

import java.io.IOException;
import java.io.InputStream;

/// What a child says, as a stream.
final class PipeInput extends InputStream {
    private final Descriptor descriptor;

    PipeInput(Descriptor descriptor) {
        this.descriptor = descriptor;
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) == -1 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        return descriptor.read(bytes, offset, length);
    }

    @Override
    public void close() {
        descriptor.close();
    }
}
