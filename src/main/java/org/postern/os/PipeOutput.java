package org.postern.os;

import java.io.IOException;
import java.io.OutputStream;

/// What is said to a child, as a stream. Nothing is kept back: wrap it where many small pieces are
/// written.
final class PipeOutput extends OutputStream {
    private final Descriptor descriptor;

    PipeOutput(Descriptor descriptor) {
        this.descriptor = descriptor;
    }

    @Override
    public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        descriptor.write(bytes, offset, length);
    }

    @Override
    public void close() {
        descriptor.close();
    }
}
