package org.postern.queue.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// A disk in memory that forgets, breaks and fills up when it is told to.
public final class FaultyDisk implements Disk {
    /// What a crash leaves of what was written and not forced.
    public enum Crash {
        /// Nothing.
        LOSES_ALL,
        /// All of it.
        KEEPS_ALL
    }

    private static final class Inode {
        private byte[] now = {};
        private byte[] forced = {};
    }

    private final Map<String, Inode> names = new TreeMap<>();
    private final Map<String, Inode> durable = new HashMap<>();
    private final Set<String> directories = new HashSet<>();
    private int steps;
    private int crashAt = Integer.MAX_VALUE;
    private boolean forcesFail;
    private long capacity = Long.MAX_VALUE;
    private Forcing beforeForce = () -> {};

    /// From the step of this number on nothing works any more; the step itself is half done.
    public synchronized void crashAt(int step) {
        crashAt = step;
    }

    /// How many steps there have been.
    public synchronized int steps() {
        return steps;
    }

    /// From now on every force fails, or none.
    public synchronized void failForces(boolean fail) {
        forcesFail = fail;
    }

    /// How many bytes the disk holds.
    public synchronized void capacity(long bytes) {
        capacity = bytes;
    }

    /// What may be done before a force, by the thread that forces.
    @FunctionalInterface
    public interface Forcing {
        /// Returns, or fails the force.
        void begins() throws IOException;
    }

    /// Is done before each force.
    public synchronized void beforeForce(Forcing action) {
        beforeForce = action;
    }

    /// The disk as it is after the machine has crashed and started again.
    public synchronized FaultyDisk after(Crash crash) {
        var disk = new FaultyDisk();
        disk.directories.addAll(directories);
        (crash == Crash.KEEPS_ALL ? names : durable)
                .forEach(
                        (name, inode) -> {
                            var copy = new Inode();
                            var bytes = crash == Crash.KEEPS_ALL ? inode.now : inode.forced;
                            copy.now = bytes.clone();
                            copy.forced = bytes.clone();
                            disk.names.put(name, copy);
                            disk.durable.put(name, copy);
                        });
        return disk;
    }

    /// The bytes of a file, to be spoilt.
    public synchronized byte[] bytes(String name) {
        return names.get(name).now;
    }

    private void step() throws IOException {
        if (steps++ >= crashAt) {
            throw new IOException("the machine has crashed");
        }
    }

    private boolean isLastStep() {
        return steps - 1 == crashAt - 1;
    }

    private long used() {
        return names.values().stream().mapToLong(inode -> inode.now.length).sum();
    }

    @Override
    public synchronized File create(String name) throws IOException {
        step();
        if (names.containsKey(name)) {
            throw new IOException(name + ": File exists");
        }
        var inode = new Inode();
        names.put(name, inode);
        return new Open(inode);
    }

    @Override
    public synchronized File open(String name) throws IOException {
        step();
        var inode = names.get(name);
        if (inode == null) {
            throw new FileNotFoundException(name);
        }
        return new Open(inode);
    }

    @Override
    public synchronized void rename(String from, String to) throws IOException {
        step();
        var inode = names.remove(from);
        if (inode == null) {
            throw new FileNotFoundException(from);
        }
        names.put(to, inode);
    }

    @Override
    public synchronized void delete(String name) throws IOException {
        step();
        names.remove(name);
    }

    @Override
    public synchronized void makeDirectory(String name) throws IOException {
        step();
        directories.add(name);
    }

    @Override
    public synchronized List<String> list(String directory) throws IOException {
        step();
        var prefix = directory.isEmpty() ? "" : directory + "/";
        return names.keySet().stream()
                .filter(name -> name.startsWith(prefix))
                .map(name -> name.substring(prefix.length()))
                .filter(name -> !name.contains("/"))
                .toList();
    }

    @Override
    public synchronized void syncDirectory(String directory) throws IOException {
        step();
        var prefix = directory.isEmpty() ? "" : directory + "/";
        durable.keySet().removeIf(name -> isIn(prefix, name));
        names.forEach(
                (name, inode) -> {
                    if (isIn(prefix, name)) {
                        durable.put(name, inode);
                    }
                });
    }

    private static boolean isIn(String prefix, String name) {
        return name.startsWith(prefix) && !name.substring(prefix.length()).contains("/");
    }

    @Override
    public synchronized long usable() {
        return capacity - used();
    }

    private final class Open implements File {
        private final Inode inode;

        Open(Inode inode) {
            this.inode = inode;
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            synchronized (FaultyDisk.this) {
                int from = (int) Math.min(position, inode.now.length);
                int length = Math.min(target.remaining(), inode.now.length - from);
                target.put(inode.now, from, length);
                return length;
            }
        }

        @Override
        public void write(ByteBuffer source, long position) throws IOException {
            synchronized (FaultyDisk.this) {
                step();
                int length = source.remaining();
                if (isLastStep()) {
                    length /= 2;
                }
                int end = (int) position + length;
                if (end > inode.now.length) {
                    if (used() + end - inode.now.length > capacity) {
                        throw new IOException("No space left on device");
                    }
                    inode.now = Arrays.copyOf(inode.now, end);
                }
                source.get(inode.now, (int) position, length);
                source.position(source.limit());
            }
        }

        @Override
        public void force() throws IOException {
            Forcing before;
            synchronized (FaultyDisk.this) {
                before = beforeForce;
            }
            before.begins();
            synchronized (FaultyDisk.this) {
                step();
                if (forcesFail) {
                    throw new IOException("Input/output error");
                }
                inode.forced = inode.now.clone();
            }
        }

        @Override
        public long size() {
            synchronized (FaultyDisk.this) {
                return inode.now.length;
            }
        }

        @Override
        public void close() {}
    }
}
