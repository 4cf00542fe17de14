package org.postern.queue.store;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.postern.mail.Chunk;
import org.postern.mail.MessageId;

/// The content of a message, to be read once from the beginning to the end. Belongs to one thread.
public sealed interface Content extends Closeable {
    /// The directory of contents that are files of their own.
    String DIRECTORY = "content";

    /// The file of the content of a message, where it has one.
    static String file(int message) {
        return DIRECTORY + '/' + new MessageId(message);
    }

    /// How many bytes there are.
    long length();

    /// The next bytes, at most `most`; empty at the end.
    ///
    /// @throws Damaged if they are not what was written: then the last bytes never come
    Chunk next(int most) throws IOException;

    @Override
    void close() throws IOException;

    /// A content in a segment, read as a whole.
    final class InSegment implements Content {
        private final Chunk bytes;
        private int at;

        InSegment(Chunk bytes) {
            this.bytes = bytes;
        }

        @Override
        public long length() {
            return bytes.length();
        }

        @Override
        public Chunk next(int most) {
            var next = bytes.slice(at, Math.min(bytes.length(), at + most));
            at += next.length();
            return next;
        }

        @Override
        public void close() {}
    }

    /// A content in a file. The last bytes are given out only when all of them pass the checksum.
    final class InFile implements Content {
        private final Disk.File file;
        private final long length;
        private final int expected;
        private final CRC32C crc = new CRC32C();
        private long at;

        InFile(Disk.File file, long length, int expected) {
            this.file = file;
            this.length = length;
            this.expected = expected;
        }

        @Override
        public long length() {
            return length;
        }

        @Override
        public Chunk next(int most) throws IOException {
            var buffer = ByteBuffer.allocate((int) Math.min(most, length - at));
            file.read(buffer, at);
            if (buffer.hasRemaining()) {
                throw new Damaged("a content file is too short");
            }
            crc.update(buffer.flip());
            at += buffer.limit();
            if (at == length && buffer.limit() > 0 && (int) crc.getValue() != expected) {
                throw new Damaged("a content file fails its checksum");
            }
            return Chunk.handOver(buffer.array());
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
