package org.postern.queue.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.List;

/// The real disk: a directory of the file system, whose files only their owner reads.
///
/// Never interrupt a thread that reads or writes here: the channel would close.
public final class SpoolDisk implements Disk {
    private final Path root;

    /// The disk whose spool is `root`, which exists.
    public SpoolDisk(Path root) {
        this.root = root;
    }

    @Override
    public File create(String name) throws IOException {
        var channel =
                FileChannel.open(
                        root.resolve(name),
                        EnumSet.of(
                                StandardOpenOption.CREATE_NEW,
                                StandardOpenOption.READ,
                                StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
        return new OpenFile(channel);
    }

    @Override
    public File open(String name) throws IOException {
        return new OpenFile(
                FileChannel.open(
                        root.resolve(name), StandardOpenOption.READ, StandardOpenOption.WRITE));
    }

    @Override
    public void rename(String from, String to) throws IOException {
        Files.move(root.resolve(from), root.resolve(to), StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void delete(String name) throws IOException {
        Files.deleteIfExists(root.resolve(name));
    }

    @Override
    public void makeDirectory(String name) throws IOException {
        try {
            Files.createDirectory(
                    root.resolve(name),
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(root.resolve(name))) {
                throw e;
            }
        }
    }

    @Override
    public List<String> list(String directory) throws IOException {
        try (var files = Files.list(root.resolve(directory))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Override
    public void syncDirectory(String directory) throws IOException {
        try (var channel = FileChannel.open(root.resolve(directory), StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    @Override
    public long usable() throws IOException {
        return Files.getFileStore(root).getUsableSpace();
    }

    private record OpenFile(FileChannel channel) implements File {
        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            int sum = 0;
            while (target.hasRemaining()) {
                int read = channel.read(target, position + sum);
                if (read < 0) {
                    break;
                }
                sum += read;
            }
            return sum;
        }

        @Override
        public void write(ByteBuffer source, long position) throws IOException {
            long at = position;
            while (source.hasRemaining()) {
                at += channel.write(source, at);
            }
        }

        @Override
        public void force() throws IOException {
            channel.force(false);
        }

        @Override
        public long size() throws IOException {
            return channel.size();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
