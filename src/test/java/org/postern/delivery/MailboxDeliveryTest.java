package org.postern.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postern.ipc.Work;
import org.postern.mail.Chunk;
import org.postern.mail.Outcome;
import org.postern.mail.Share.Destination;
import org.postern.mail.Share.Destination.Kind;
import org.postern.os.AsUser;
import org.postern.os.OpenFile;

/// Mail into mailbox files: the spool, and files that forward files and aliases name.
class MailboxDeliveryTest {
    private static final String CONFIG =
            """
            action "box" mbox userbase <users>
            action "in" maildir userbase <users>
            table odd { "alice.lock" = "20001:20001:/" }
            action "odd" mbox userbase <odd>
            match for any action "box"
            """;
    private static final String LETTER =
            """
            From carol@example.net Wed Mar  4 05:07:08 2026
            Return-Path: <carol@example.net>
            Delivered-To: list@example.org

            body

            """;

    @TempDir private Path directory;

    @BeforeEach
    void needsRoot() {
        Village.needsRoot();
    }

    private static void delivered(Outcome outcome) {
        assertInstanceOf(Outcome.Delivered.class, outcome, outcome.text());
    }

    private static void deferred(String text, Outcome outcome) {
        assertInstanceOf(Outcome.Deferred.class, outcome);
        assertTrue(outcome.text().contains(text), outcome.text());
    }

    @Test
    void aMailboxIsNeverTakenForALock() throws Exception {
        try (var village = new Village(directory, CONFIG)) {
            deferred(
                    "no file can be named like this user",
                    village.deliver(village.to("odd", "alice.lock"), "\nbody\n"));
            assertEquals(List.of(), Village.files(village.mailSpool));
        }
    }

    @Test
    void theFirstLetterMakesTheMailbox() throws Exception {
        try (var village = new Village(directory, CONFIG)) {
            delivered(village.deliver(village.to("box", "alice"), "\nbody\n"));
            var mailbox = village.mailSpool.resolve("alice");
            assertEquals(LETTER, Village.text(mailbox));
            assertEquals("rw------- 20001", Village.mode(mailbox) + ' ' + Village.owner(mailbox));
            assertEquals(List.of(mailbox), Village.files(village.mailSpool));
        }
    }

    @Test
    void lettersFollowEachOther() throws Exception {
        try (var village = new Village(directory, CONFIG)) {
            delivered(village.deliver(village.to("box", "alice"), "\nbody\n"));
            delivered(village.deliver(village.to("box", "alice"), "\nbody\n"));
            assertEquals(LETTER + LETTER, Village.text(village.mailSpool.resolve("alice")));
        }
    }

    @Test
    void rootHasAMailbox() throws Exception {
        try (var village = new Village(directory, CONFIG)) {
            delivered(village.deliver(village.to("box", "super"), "\nbody\n"));
            assertEquals(0, Village.owner(village.mailSpool.resolve("super")));
        }
    }

    @Test
    void aLinkInTheSpoolIsNotFollowed() throws Exception {
        try (var village = new Village(directory, CONFIG)) {
            var target = village.write("alice", Village.ALICE, "target", "");
            Files.createSymbolicLink(village.mailSpool.resolve("alice"), target);
            deferred("symbolic link", village.deliver(village.to("box", "alice"), "\nbody\n"));
            assertEquals("", Village.text(target));
        }
    }

    @Test
    void aSecondNameOfTheMailboxIsRefused() throws Exception {
        try (var village = new Village(directory, CONFIG)) {
            var other = village.write("alice", Village.ALICE, "other", "");
            Files.createLink(village.mailSpool.resolve("alice"), other);
            deferred("it has 2 links", village.deliver(village.to("box", "alice"), "\nbody\n"));
        }
    }

    @Test
    void aMailboxOfSomeoneElseIsRefused() throws Exception {
        try (var village = new Village(directory, CONFIG)) {
            var mailbox = Files.createFile(village.mailSpool.resolve("alice"));
            Village.give(mailbox, Village.BOB);
            Village.chmod(mailbox, "rw-rw-rw-");
            deferred("belongs to uid 20002", village.deliver(village.to("box", "alice"), "\nx\n"));
        }
    }

    @Test
    void aSpoolOpenToAllIsRefused() throws Exception {
        try (var village = new Village(directory, CONFIG)) {
            Village.chmod(village.mailSpool, "rwxrwxrwx");
            deferred("not safe", village.deliver(village.to("box", "alice"), "\nbody\n"));
        }
    }

    @Test
    void aStickySpoolIsTaken() throws Exception {
        try (var village = new Village(directory, CONFIG)) {
            Files.setAttribute(village.mailSpool, "unix:mode", 01777);
            delivered(village.deliver(village.to("box", "alice"), "\nbody\n"));
        }
    }

    @Test
    void aStaleDotLockIsRemoved() throws Exception {
        try (var village = new Village(directory, CONFIG)) {
            var lock = Files.createFile(village.mailSpool.resolve("alice.lock"));
            Files.setLastModifiedTime(
                    lock,
                    java.nio.file.attribute.FileTime.from(
                            Village.CREATED.minus(Duration.ofHours(1))));
            delivered(village.deliver(village.to("box", "alice"), "\nbody\n"));
        }
    }

    private MailboxFile impatient() {
        return new MailboxFile(
                new AsUser(4, Duration.ofSeconds(60)), () -> Instant.EPOCH, Duration.ofMillis(300));
    }

    private static LocalUser alice() {
        return new LocalUser("alice", Village.ALICE, Village.ALICE, "/");
    }

    @Test
    void aLockOfAnotherProgramIsWaitedForInBounds() throws Exception {
        try (var village = new Village(directory, CONFIG)) {
            var file = village.write("alice", Village.ALICE, "box", "");
            try (var held = OpenFile.append(file, 0600)) {
                assertTrue(held.lock(Duration.ZERO));
                assertLocked(file);
            }
            impatient()
                    .append(file, alice(), MailboxFile.Owner.ANYONE, LetterTest.letter("\nbody\n"));
            assertTrue(Village.text(file).endsWith("\nbody\n\n"));
        }
    }

    private void assertLocked(Path file) throws ContentLost {
        try {
            impatient()
                    .append(file, alice(), MailboxFile.Owner.ANYONE, LetterTest.letter("\nbody\n"));
            throw new AssertionError("appended under a lock");
        } catch (IOException e) {
            assertTrue(e.getMessage().contains("locked by another program"), e.getMessage());
        }
    }

    @Test
    void aHeldDotLockIsWaitedForInBounds() throws Exception {
        try (var village = new Village(directory, CONFIG)) {
            Files.createFile(village.mailSpool.resolve("alice.lock"));
            var spool =
                    new MailSpool(
                            village.mailSpool, impatient(), Instant::now, Duration.ofMillis(100));
            try {
                spool.append(alice(), LetterTest.letter("\nbody\n"));
                throw new AssertionError("appended under a lock");
            } catch (IOException e) {
                assertTrue(e.getMessage().contains("locked by another program"), e.getMessage());
            }
        }
    }

    @Test
    void aForwardMayNameAFile() throws Exception {
        try (var village = new Village(directory, CONFIG)) {
            var file = village.home("alice").resolve("archive");
            var seal =
                    new Seals(Village.SECRET)
                            .seal(Village.owner("in", "alice"), Kind.FILE, file.toString());
            delivered(
                    village.deliver(
                            village.envelope(
                                    "in", new Destination.Sealed("alice", Kind.FILE, seal)),
                            "\nbody\n"));
            assertEquals(LETTER, Village.text(file));
            assertEquals("rw------- 20001", Village.mode(file) + ' ' + Village.owner(file));
        }
    }

    @Test
    void aFileOfAForwardIsWrittenAsItsUser() throws Exception {
        try (var village = new Village(directory, CONFIG)) {
            var file = village.home("bob").resolve("archive");
            var seal =
                    new Seals(Village.SECRET)
                            .seal(Village.owner("in", "alice"), Kind.FILE, file.toString());
            deferred(
                    "Permission denied at " + village.home("bob"),
                    village.deliver(
                            village.envelope(
                                    "in", new Destination.Sealed("alice", Kind.FILE, seal)),
                            "\nbody\n"));
        }
    }

    @Test
    void aFifoDoesNotHangTheDelivery() throws Exception {
        try (var village = new Village(directory, CONFIG)) {
            var fifo = village.home("alice").resolve("fifo");
            org.postern.os.Filesystem.makeFifo(fifo, 0600);
            Village.give(fifo, Village.ALICE);
            var seal =
                    new Seals(Village.SECRET)
                            .seal(Village.owner("in", "alice"), Kind.FILE, fifo.toString());
            deferred(
                    "not a regular file",
                    village.deliver(
                            village.envelope(
                                    "in", new Destination.Sealed("alice", Kind.FILE, seal)),
                            "\nbody\n"));
        }
    }

    @Test
    void nothingIsEasilyDelivered() throws Exception {
        try (var village = new Village(directory, CONFIG)) {
            var seal =
                    new Seals(Village.SECRET)
                            .seal(Village.owner("in", "alice"), Kind.FILE, "/dev/null");
            delivered(
                    village.deliver(
                            village.envelope(
                                    "in", new Destination.Sealed("alice", Kind.FILE, seal)),
                            "\nbody\n"));
        }
    }

    @Test
    void contentThatBreaksOffIsTakenBack() throws Exception {
        try (var village = new Village(directory, CONFIG)) {
            delivered(village.deliver(village.to("box", "alice"), "\nbody\n"));
            var job =
                    new FakeQueue.Job(
                            village.to("box", "alice"),
                            new Work.Content.OnRequest(1_000_000),
                            List.of(Chunk.of("\n"), Chunk.of("x\n".repeat(100_000))),
                            FakeQueue.End.HANG_UP);
            assertEquals(List.of(), village.queue.hand(job).end());
            delivered(village.deliver(village.to("box", "alice"), "\nbody\n"));
            village.room.stop(Duration.ofSeconds(60)); // by then nobody writes any more
            assertEquals(LETTER + LETTER, Village.text(village.mailSpool.resolve("alice")));
        }
    }
}
