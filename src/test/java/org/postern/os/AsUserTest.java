package org.postern.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postern.Eventually;

/// File work as a user is that user's, and leaves nothing behind.
@Timeout(180)
class AsUserTest {
    private static final Identity USER = new Identity(12345, 23456, List.of(34567));

    private final AsUser asUser = new AsUser(8, Duration.ofSeconds(30));

    @TempDir Path folder;

    @BeforeEach
    void asRoot() throws IOException {
        assumeTrue(ProcessFacts.uid() == 0, "needs root to act as others");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
    }

    @Test
    void aNewFileBelongsToTheUser() throws IOException {
        var file = folder.resolve("new");
        asUser.call(USER, () -> Files.writeString(file, "mail"));
        try (var open = OpenFile.read(file)) {
            assertEquals(List.of(12345, 23456), List.of(open.facts().uid(), open.facts().gid()));
        }
    }

    @Test
    void aFileOfRootIsOutOfReach() throws IOException {
        var secret = Files.writeString(folder.resolve("secret"), "key");
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
        assertThrows(
                AccessDeniedException.class,
                () -> asUser.call(USER, () -> Files.readString(secret)));
    }

    @Test
    void aFileOfTheUsersGroupIsWithinReach() throws IOException {
        var shared = Files.writeString(folder.resolve("shared"), "text");
        Files.setAttribute(shared, "unix:gid", 34567);
        Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rw-r-----"));
        assertEquals("text", asUser.call(USER, () -> Files.readString(shared)));
    }

    @Test
    void onlyTheFileSystemUserChanges() throws IOException {
        assertEquals(
                List.of(0, 0, 0, 12345), asUser.call(USER, () -> ProcessFacts.status().uids()));
    }

    @Test
    void theCallerStaysWhoItWas() throws IOException {
        var before = ProcessFacts.status();
        asUser.call(USER, () -> 1);
        assertEquals(before.uids(), ProcessFacts.status().uids());
        assertEquals(before.groups(), ProcessFacts.status().groups());
    }

    @Test
    void whatTheWorkThrowsIsThrown() {
        var problem = new IOException("disk on fire");
        var thrown =
                assertThrows(
                        IOException.class,
                        () ->
                                asUser.call(
                                        USER,
                                        () -> {
                                            throw problem;
                                        }));
        assertEquals(problem, thrown);
    }

    @Test
    void aThousandCallsLeaveNothingBehind() throws Exception {
        asUser.call(USER, () -> 1);
        int threads = count("task");
        int files = count("fd");
        var done = new AtomicInteger();
        var callers = new ArrayList<Thread>();
        for (int i = 0; i < 1000; i++) {
            var who = new Identity(20000 + i, 20000 + i, List.of());
            callers.add(Thread.ofVirtual().start(() -> check(who, done)));
        }
        for (var caller : callers) {
            caller.join();
        }
        assertEquals(1000, done.get());
        assertEquals(Set.of(List.of(0, 0, 0, 0)), UsersOfThreads.now());
        // Those of the work end a moment after it is done.
        Eventually.holds("threads that are gone", () -> count("task") <= threads + 8);
        Eventually.holds("files that are closed", () -> count("fd") <= files + 4);
    }

    private static int count(String what) {
        try (var all = Files.list(Path.of("/proc/self", what))) {
            return (int) all.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void check(Identity who, AtomicInteger done) {
        try {
            var status = asUser.call(who, ProcessFacts::status);
            if (status.uids().get(3) == who.uid() && status.gids().get(3) == who.gid()) {
                done.incrementAndGet();
            }
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }
}
