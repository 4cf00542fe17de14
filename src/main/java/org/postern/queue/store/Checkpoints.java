package org.postern.queue.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.Consumer;

/// The picture of the index on disk: replaced as a whole, so that a start reads it and only the
/// part of the log that came after it.
final class Checkpoints {
    static final String FILE = "checkpoint";
    static final String UNFINISHED = "checkpoint.new";

    private final Disk disk;

    Checkpoints(Disk disk) {
        this.disk = disk;
    }

    /// Writes `snapshot` in the place of the one before. When this returns, it is on disk.
    void write(Snapshot snapshot) throws IOException {
        disk.delete(UNFINISHED);
        try (var file = disk.create(UNFINISHED)) {
            var bytes = snapshot.bytes();
            var crc = ByteBuffer.allocate(4).putInt(Transaction.crc(bytes)).flip();
            int length = bytes.remaining();
            file.write(bytes.duplicate(), 0);
            file.write(crc, length);
            file.force();
        }
        disk.rename(UNFINISHED, FILE);
        disk.syncDirectory("");
    }

    /// Shows what the checkpoint says to `visitor`; empty if there is none, up to where it holds.
    ///
    /// @throws Damaged if there is one that cannot be read; then nothing was shown
    Optional<Index.At> read(Consumer<Snapshot.Row> visitor) throws IOException {
        disk.delete(UNFINISHED);
        if (!disk.list("").contains(FILE)) {
            return Optional.empty();
        }
        ByteBuffer bytes;
        try (var file = disk.open(FILE)) {
            if (file.size() < 4 || file.size() > Integer.MAX_VALUE) {
                throw new Damaged("a checkpoint of " + file.size() + " bytes");
            }
            bytes = ByteBuffer.allocate((int) file.size());
            file.read(bytes, 0);
        }
        var body = bytes.slice(0, bytes.capacity() - 4);
        if (Transaction.crc(body) != bytes.getInt(bytes.capacity() - 4)) {
            throw new Damaged("the checkpoint fails its checksum");
        }
        return Optional.of(Snapshot.read(body, visitor));
    }
}
