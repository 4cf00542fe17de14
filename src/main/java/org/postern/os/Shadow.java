package org.postern.os;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.OptionalLong;

/// The passwords of the system's accounts, shadow(5), through getspnam_r(3). May be asked from any
/// thread; whoever asks limits how many ask at once.
public final class Shadow {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    // struct spwd of glibc, 64 bit.
    private static final long SPWD_SIZE = 72;
    private static final long PASSWORD = 8;
    private static final long EXPIRES = 56;
    private static final int ROOM = 4096;

    private Shadow() {}

    /// What the system knows of a password.
    ///
    /// @param hash the hash, or something that is none where nobody can log in
    /// @param expires the day on which the account expires, from 1970, if it does
    public record Entry(String hash, OptionalLong expires) {
        /// Never the hash.
        @Override
        public String toString() {
            return "Entry[" + expires + "]";
        }
    }

    /// Looks up the password of the account `name`.
    public static Lookup<Entry> byName(String name) {
        if (name.isEmpty() || name.indexOf('\0') >= 0) {
            return new Lookup.Absent<>();
        }
        try {
            return Platform.call("getspnam", PATIENCE, () -> ask(name));
        } catch (IOException e) {
            return new Lookup.Failed<>(String.valueOf(e.getMessage()));
        }
    }

    private static Lookup<Entry> ask(String name) {
        try (var arena = Arena.ofConfined()) {
            var entry = arena.allocate(SPWD_SIZE, 8);
            var text = arena.allocate(ROOM);
            var found = arena.allocate(ADDRESS);
            var reason =
                    new Errno(
                            Libc.shadowByName(
                                    arena.allocateFrom(name, StandardCharsets.ISO_8859_1),
                                    entry,
                                    text,
                                    found));
            try {
                if (found.get(ADDRESS, 0).address() != 0) {
                    return new Lookup.Found<>(entry(entry));
                }
            } finally {
                text.fill((byte) 0);
            }
            return reason.code() == 0 || reason.equals(Errno.ENOENT)
                    ? new Lookup.Absent<>()
                    : new Lookup.Failed<>("getspnam: " + reason);
        }
    }

    private static Entry entry(MemorySegment entry) {
        var password = entry.get(ADDRESS, PASSWORD);
        long expires = entry.get(JAVA_LONG, EXPIRES);
        return new Entry(
                password.address() == 0
                        ? ""
                        : password.reinterpret(ROOM).getString(0, StandardCharsets.ISO_8859_1),
                expires < 0 ? OptionalLong.empty() : OptionalLong.of(expires));
    }
}
