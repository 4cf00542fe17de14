package org.postern.os;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;

/// The hashes of passwords that the system knows: libcrypt, crypt(3).
///
/// A hash takes from a millisecond to a second of a processor, so each is made on a platform thread
/// of its own. Whoever asks limits how many are made at once. May be asked from any thread.
public final class Crypt {
    /// The longest password that is hashed, in bytes.
    public static final int LONGEST_PASSWORD = 511;

    // struct crypt_data of glibc was this large; that of libxcrypt is smaller.
    private static final long CRYPT_DATA = 131_232;
    private static final int LONGEST_HASH = 384;
    private static final int SALT_BYTES = 16;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final MethodHandle crypt;
    private final MethodHandle makeSetting;

    private Crypt(MethodHandle crypt, MethodHandle makeSetting) {
        this.crypt = crypt;
        this.makeSetting = makeSetting;
    }

    /// The system's library.
    ///
    /// @throws IOException if there is none
    public static Crypt open() throws IOException {
        try {
            var library = SymbolLookup.libraryLookup("libcrypt.so.1", Arena.global());
            var linker = Linker.nativeLinker();
            return new Crypt(
                    linker.downcallHandle(
                            library.findOrThrow("crypt_r"),
                            FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS, ADDRESS)),
                    linker.downcallHandle(
                            library.findOrThrow("crypt_gensalt_rn"),
                            FunctionDescriptor.of(
                                    ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, JAVA_INT, ADDRESS,
                                    JAVA_INT)));
        } catch (IllegalArgumentException | java.util.NoSuchElementException e) {
            throw new IOException("the library libcrypt.so.1 is missing: " + e.getMessage(), e);
        }
    }

    /// The hash of `password` made as `setting` says, which is another hash or the beginning of
    /// one; empty if the library does not know that kind, or the password cannot be one.
    ///
    /// @throws IOException if it takes too long
    public Optional<String> hash(byte[] password, String setting) throws IOException {
        if (password.length > LONGEST_PASSWORD || setting.indexOf('\0') >= 0) {
            return Optional.empty();
        }
        for (byte one : password) {
            if (one == 0) {
                return Optional.empty();
            }
        }
        return Platform.call("crypt", PATIENCE, () -> hashed(password, setting));
    }

    private Optional<String> hashed(byte[] password, String setting) {
        try (var arena = Arena.ofConfined()) {
            var phrase = arena.allocate(password.length + 1L);
            MemorySegment.copy(password, 0, phrase, JAVA_BYTE, 0, password.length);
            var how = arena.allocateFrom(setting, StandardCharsets.ISO_8859_1);
            var room = arena.allocate(CRYPT_DATA, 16);
            try {
                var hash = (MemorySegment) crypt.invokeExact(phrase, how, room);
                return text(hash).filter(one -> !one.startsWith("*"));
            } finally {
                phrase.fill((byte) 0);
                room.fill((byte) 0);
            }
        } catch (Throwable bug) {
            throw new IllegalStateException("crypt", bug);
        }
    }

    /// A new setting, with a salt that nobody knows, for hashes that begin with `prefix`, such as
    /// `$y$`; empty if the library makes no such hashes.
    public Optional<String> setting(String prefix) {
        try (var arena = Arena.ofConfined()) {
            var salt = new byte[SALT_BYTES];
            new SecureRandom().nextBytes(salt);
            var random = arena.allocate(SALT_BYTES);
            MemorySegment.copy(salt, 0, random, JAVA_BYTE, 0, SALT_BYTES);
            var room = arena.allocate(LONGEST_HASH);
            var made =
                    (MemorySegment)
                            makeSetting.invokeExact(
                                    arena.allocateFrom(prefix),
                                    0L,
                                    random,
                                    SALT_BYTES,
                                    room,
                                    LONGEST_HASH);
            return text(made);
        } catch (Throwable bug) {
            throw new IllegalStateException("crypt_gensalt", bug);
        }
    }

    private static Optional<String> text(MemorySegment pointer) {
        return pointer.address() == 0
                ? Optional.empty()
                : Optional.of(
                        pointer.reinterpret(LONGEST_HASH)
                                .getString(0, StandardCharsets.ISO_8859_1));
    }
}
