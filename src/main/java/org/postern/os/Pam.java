package org.postern.os;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/// Pluggable authentication modules, pam(3): whether the system lets an account in, by the service
/// `smtpd` of its configuration. May be asked from any thread.
///
/// Modules are code of others, which may take as long as they like, or end the process: it should
/// have nothing else to do.
public final class Pam {
    private static final String NAME = "smtpd";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    // security/_pam_types.h
    private static final int SUCCESS = 0;
    private static final int PERM_DENIED = 6;
    private static final int AUTH_ERR = 7;
    private static final int USER_UNKNOWN = 10;
    private static final int MAXTRIES = 11;
    private static final int NEW_AUTHTOK_REQD = 12;
    private static final int ACCT_EXPIRED = 13;
    private static final int CONV_ERR = 19;
    private static final int AUTHTOK_EXPIRED = 27;
    private static final int SILENT = 0x8000;
    private static final int DISALLOW_NULL_AUTHTOK = 1;
    private static final int PROMPT_ECHO_OFF = 1;
    private static final int PROMPT_ECHO_ON = 2;
    private static final int MOST_MESSAGES = 32;

    /// struct pam_message and struct pam_response: an address and an int, in either order.
    private static final long PAIR = 16;

    private static final MethodType CONVERSATION_TYPE =
            MethodType.methodType(
                    int.class,
                    int.class,
                    MemorySegment.class,
                    MemorySegment.class,
                    MemorySegment.class);
    private static final FunctionDescriptor CONVERSATION =
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, ADDRESS);

    private final Path services;
    private final MethodHandle start;
    private final MethodHandle authenticate;
    private final MethodHandle account;
    private final MethodHandle end;
    private final MethodHandle calloc;

    /// What PAM says of a password.
    public sealed interface Verdict {
        /// The account is let in.
        record Right() implements Verdict {}

        /// It is not.
        record Wrong() implements Verdict {}

        /// PAM could not find out.
        ///
        /// @param code what it returned
        record Unknown(int code) implements Verdict {}
    }

    private Pam(Path services, SymbolLookup library, Linker linker) {
        this.services = services;
        var step = FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT);
        start =
                linker.downcallHandle(
                        library.findOrThrow("pam_start_confdir"),
                        FunctionDescriptor.of(
                                JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS));
        authenticate = linker.downcallHandle(library.findOrThrow("pam_authenticate"), step);
        account = linker.downcallHandle(library.findOrThrow("pam_acct_mgmt"), step);
        end = linker.downcallHandle(library.findOrThrow("pam_end"), step);
        calloc =
                linker.downcallHandle(
                        linker.defaultLookup().findOrThrow("calloc"),
                        FunctionDescriptor.of(ADDRESS, JAVA_LONG, JAVA_LONG));
    }

    /// Does a directory of services, such as `/etc/pam.d`, have ours? Where it has not, accounts
    /// are not judged by PAM.
    public static boolean isConfigured(Path services) {
        return Files.exists(services.resolve(NAME));
    }

    /// The system's library.
    ///
    /// @param services the directory that has the service
    /// @throws IOException if there is none, or one before Linux-PAM 1.4
    public static Pam open(Path services) throws IOException {
        try {
            var library = SymbolLookup.libraryLookup("libpam.so.0", Arena.global());
            return new Pam(services, library, Linker.nativeLinker());
        } catch (IllegalArgumentException | java.util.NoSuchElementException e) {
            throw new IOException("no library libpam.so.0, or too old: " + e.getMessage(), e);
        }
    }

    /// Does PAM let the account `user` in with this password?
    ///
    /// @throws IOException if it takes too long
    public Verdict check(String user, byte[] password) throws IOException {
        if (user.isEmpty() || user.indexOf('\0') >= 0 || password.length == 0) {
            return new Verdict.Wrong();
        }
        for (byte one : password) {
            if (one == 0) {
                return new Verdict.Wrong();
            }
        }
        var name = user.getBytes(StandardCharsets.UTF_8);
        return Platform.call("pam", PATIENCE, () -> verdict(judged(name, password)));
    }

    private static Verdict verdict(int code) {
        return switch (code) {
            case SUCCESS -> new Verdict.Right();
            case PERM_DENIED,
                    AUTH_ERR,
                    USER_UNKNOWN,
                    MAXTRIES,
                    NEW_AUTHTOK_REQD,
                    ACCT_EXPIRED,
                    AUTHTOK_EXPIRED ->
                    new Verdict.Wrong();
            default -> new Verdict.Unknown(code);
        };
    }

    private int judged(byte[] user, byte[] password) {
        try (var arena = Arena.ofConfined()) {
            var conversation = new Conversation(calloc, user, password);
            // struct pam_conv: the function, and what it is given last.
            var how = arena.allocate(MemoryLayout.sequenceLayout(2, ADDRESS));
            how.set(ADDRESS, 0, conversation.stub(arena));
            var handle = arena.allocate(ADDRESS);
            int begun =
                    (int)
                            start.invokeExact(
                                    arena.allocateFrom(NAME),
                                    text(arena, user),
                                    how,
                                    arena.allocateFrom(services.toString()),
                                    handle);
            if (begun != SUCCESS) {
                return begun;
            }
            var session = handle.get(ADDRESS, 0);
            int flags = SILENT | DISALLOW_NULL_AUTHTOK;
            int code = (int) authenticate.invokeExact(session, flags);
            if (code == SUCCESS) {
                code = (int) account.invokeExact(session, flags);
            }
            int _ = (int) end.invokeExact(session, code);
            return code;
        } catch (Throwable bug) {
            throw new IllegalStateException("pam", bug);
        }
    }

    private static MemorySegment text(Arena arena, byte[] bytes) {
        var text = arena.allocate(bytes.length + 1L);
        MemorySegment.copy(bytes, 0, text, JAVA_BYTE, 0, bytes.length);
        return text;
    }

    /// What PAM asks for a password: whatever is asked in secret is the password, and in the open
    /// the name. The memory of answers is PAM's to free.
    private static final class Conversation {
        private final MethodHandle calloc;
        private final byte[] user;
        private final byte[] password;

        Conversation(MethodHandle calloc, byte[] user, byte[] password) {
            this.calloc = calloc;
            this.user = user;
            this.password = password;
        }

        MemorySegment stub(Arena arena) throws ReflectiveOperationException {
            var handle = MethodHandles.lookup().bind(this, "answer", CONVERSATION_TYPE);
            return Linker.nativeLinker().upcallStub(handle, CONVERSATION, arena);
        }

        // Called by PAM; an exception would end the process.
        @SuppressWarnings("unused")
        int answer(int count, MemorySegment asked, MemorySegment answers, MemorySegment none) {
            try {
                if (count < 1 || count > MOST_MESSAGES) {
                    return CONV_ERR;
                }
                var given = allocated(count, PAIR);
                var messages = asked.reinterpret(count * ADDRESS.byteSize());
                for (int i = 0; i < count; i++) {
                    int style = messages.getAtIndex(ADDRESS, i).reinterpret(PAIR).get(JAVA_INT, 0);
                    if (style == PROMPT_ECHO_OFF) {
                        given.set(ADDRESS, i * PAIR, copied(password));
                    } else if (style == PROMPT_ECHO_ON) {
                        given.set(ADDRESS, i * PAIR, copied(user));
                    }
                }
                answers.reinterpret(ADDRESS.byteSize()).set(ADDRESS, 0, given);
                return SUCCESS;
            } catch (Throwable bug) {
                return CONV_ERR;
            }
        }

        private MemorySegment copied(byte[] bytes) throws Throwable {
            var text = allocated(1, bytes.length + 1L);
            MemorySegment.copy(bytes, 0, text, JAVA_BYTE, 0, bytes.length);
            return text;
        }

        private MemorySegment allocated(long count, long size) throws Throwable {
            var memory = (MemorySegment) calloc.invokeExact(count, size);
            if (memory.address() == 0) {
                throw new OutOfMemoryError("calloc");
            }
            return memory.reinterpret(count * size);
        }
    }
}
