package org.postern.delivery;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postern.ipc.Work;
import org.postern.mail.Chunk;
import org.postern.mail.Outcome;
import org.postern.mail.Share.Destination;
import org.postern.mail.Share.Destination.Kind;
import org.postern.os.Broods;
import org.postern.os.Filesystem;

/// Mail into commands: the action's, those of forward files and of alias tables.
class CommandDeliveryTest {
    private static final String CONFIG =
            """
            mda wrapper around "echo wrapped > DIR/home/alice/wrapper; %{mda}"
            table aliases { list = "|cat > DIR/out/list", note = "carol, DIR/out/file" }
            action "cat" mda "cat > out" userbase <users>
            action "env" mda "env > out; id >> out; pwd >> out; cat > /dev/null" userbase <users>
            action "as" mda "env > DIR/out/as; id >> DIR/out/as; cat >/dev/null" userbase <users> user "nobody"
            action "exit" mda "cat > /dev/null; echo too bad; exit 75" userbase <users>
            action "never" mda "cat > /dev/null; echo 'a \\"b\\" c'; exit 1" userbase <users>
            action "none" mda "/nonexistent/program" userbase <users>
            action "early" mda "exit 0" userbase <users>
            action "signal" mda "kill -9 $$" userbase <users>
            action "args" mda "printf '%s,' '%{sender}' '%{dest.user}' > out; cat >/dev/null" userbase <users>
            action "typo" mda "cat > %{dest.user[50:]}" userbase <users>
            action "wrapped" mda "cat > 'o ut'" userbase <users> wrapper "around"
            action "sleep" mda "cat > /dev/null; echo > DIR/out/fifo; sleep 600" userbase <users>
            action "holds" mda "cat > /dev/null; exec > DIR/out/fifo; echo; sleep 60; sleep 1" userbase <users>
            action "in" maildir userbase <users>
            table strangers { alice = "20002:20002:DIR/home/bob" }
            table others { list = "carol" }
            action "namesakes" maildir userbase <strangers>
            action "other" maildir userbase <users> alias <others> user "alice"
            action "listed" maildir userbase <users> alias <aliases>
            match for any action "in"
            """;

    @TempDir private Path directory;

    @BeforeEach
    void needsRoot() {
        Village.needsRoot();
    }

    private Village village() throws Exception {
        Files.createDirectory(directory.resolve("out"));
        Village.chmod(directory.resolve("out"), "rwxrwxrwx");
        var fifo = directory.resolve("out/fifo");
        Filesystem.makeFifo(fifo, 0600);
        Village.chmod(fifo, "rw-rw-rw-");
        return new Village(directory, CONFIG);
    }

    private static void delivered(Outcome outcome) {
        assertInstanceOf(Outcome.Delivered.class, outcome, outcome.text());
    }

    private static void deferred(String text, Outcome outcome) {
        assertInstanceOf(Outcome.Deferred.class, outcome);
        assertEquals(text, outcome.text());
    }

    private static Path out(Village village) {
        return village.home("alice").resolve("out");
    }

    @Test
    void theMessageIsTheInput() throws Exception {
        try (var village = village()) {
            delivered(village.deliver(village.to("cat", "alice"), "A: b\n\nbody\n"));
            assertEquals(
                    "Return-Path: <carol@example.net>\n"
                            + "Delivered-To: list@example.org\n"
                            + "A: b\n\n"
                            + "body\n",
                    Village.text(out(village)));
        }
    }

    @Test
    void theCommandRunsAsTheUserWithTheseVariablesAlone() throws Exception {
        try (var village = village()) {
            delivered(
                    village.deliver(
                            village.envelope("env", new Destination.Account("alice", "Tag")),
                            "\nbody\n"));
            var lines =
                    Village.text(out(village))
                            .lines()
                            .filter(line -> !line.startsWith("_=") && !line.startsWith("OLDPWD="))
                            .filter(line -> !line.startsWith("PWD="))
                            .sorted()
                            .toList();
            assertEquals(
                    List.of(
                            village.home("alice").toString(),
                            "DOMAIN=example.org",
                            "EXTENSION=tag",
                            "HOME=" + village.home("alice"),
                            "LOCAL=list",
                            "LOGNAME=alice",
                            "ORIGINAL_RECIPIENT=list@example.org",
                            "PATH=/usr/bin:/bin",
                            "RECIPIENT=user@example.org",
                            "SENDER=carol@example.net",
                            "SHELL=/bin/sh",
                            "USER=alice",
                            "uid=20001 gid=20001 groups=20001"),
                    lines);
        }
    }

    @Test
    void anotherAccountKeepsTheUsersName() throws Exception {
        try (var village = village()) {
            delivered(village.deliver(village.to("as", "alice"), "\nbody\n"));
            var text = Village.text(directory.resolve("out/as"));
            assertTrue(text.contains("\nUSER=alice\n") || text.startsWith("USER=alice\n"), text);
            assertTrue(text.contains("uid=65534("), text);
        }
    }

    /// 8.4: `HOME` is of the account that runs the command, the names are the user's.
    @Test
    void theHomeIsTheAccountsThatRunsTheCommand() throws Exception {
        try (var village = village()) {
            delivered(village.deliver(village.to("as", "alice"), "\nbody\n"));
            var lines = Village.text(directory.resolve("out/as")).lines().toList();
            assertFalse(lines.contains("HOME=" + village.home("alice")), lines.toString());
            assertTrue(lines.contains("LOGNAME=alice"), lines.toString());
        }
    }

    /// 8.4: the sender is empty if null, and there is an extension only if there is a sub-address;
    /// values are not sanitised. RFC 5321 4.4: the null sender has a `Return-Path`, too.
    @Test
    void theNullSenderIsEmptyAndThereIsNoExtension() throws Exception {
        try (var village = village()) {
            var to = new Destination.Account("alice", "");
            delivered(
                    village.deliver(village.envelope("env", to, "", "a|b@x.example"), "\nbody\n"));
            var lines = Village.text(out(village)).lines().toList();
            assertTrue(lines.contains("SENDER="), lines.toString());
            assertTrue(lines.contains("LOCAL=a|b"), lines.toString());
            assertTrue(lines.contains("ORIGINAL_RECIPIENT=a|b@x.example"), lines.toString());
            assertFalse(lines.stream().anyMatch(line -> line.startsWith("EXTENSION")));
            delivered(
                    village.deliver(village.envelope("cat", to, "", "a|b@x.example"), "\nbody\n"));
            assertEquals(
                    "Return-Path: <>\nDelivered-To: a|b@x.example\n\nbody\n",
                    Village.text(out(village)));
        }
    }

    @Test
    void aTemporaryFailureIsTriedAgain() throws Exception {
        try (var village = village()) {
            deferred(
                    "temporary failure: \"too bad\"",
                    village.deliver(village.to("exit", "alice"), "\nbody\n"));
            var line = village.log.remove();
            assertTrue(
                    line.endsWith(" result=TempFail stat=Error (temporary failure: \"too bad\")"),
                    line);
        }
    }

    @Test
    void anotherFailureIsForGood() throws Exception {
        try (var village = village()) {
            var outcome = village.deliver(village.to("never", "alice"), "\nbody\n");
            assertInstanceOf(Outcome.Failed.class, outcome);
            assertEquals("\"a 'b' c\"", outcome.text());
        }
    }

    @Test
    void aMissingProgramIsTriedAgain() throws Exception {
        try (var village = village()) {
            var outcome = village.deliver(village.to("none", "alice"), "\nbody\n");
            assertInstanceOf(Outcome.Deferred.class, outcome);
            assertTrue(outcome.text().contains("not found"), outcome.text());
        }
    }

    @Test
    void successWithoutReadingIsNone() throws Exception {
        try (var village = village()) {
            deferred(
                    "mda exited prematurely",
                    village.deliver(village.to("early", "alice"), "\n" + "x".repeat(1_000_000)));
        }
    }

    @Test
    void aSignalIsTriedAgain() throws Exception {
        try (var village = village()) {
            deferred(
                    "terminated; signal 9",
                    village.deliver(village.to("signal", "alice"), "\nbody\n"));
        }
    }

    @Test
    void specifiersAreFilledIn() throws Exception {
        try (var village = village()) {
            delivered(village.deliver(village.to("args", "alice"), "\nbody\n"));
            assertEquals("carol@example.net,user,", Village.text(out(village)));
        }
    }

    @Test
    void aSlipOfThePenDoesNotBounce() throws Exception {
        try (var village = village()) {
            deferred(
                    "range [50:] does not fit in \"cat > %{dest.user[50:]}\"",
                    village.deliver(village.to("typo", "alice"), "\nbody\n"));
        }
    }

    @Test
    void aWrapperRunsAroundTheCommand() throws Exception {
        try (var village = village()) {
            delivered(village.deliver(village.to("wrapped", "alice"), "\nbody\n"));
            assertEquals("wrapped\n", Village.text(village.home("alice").resolve("wrapper")));
            assertTrue(Files.exists(village.home("alice").resolve("o ut")));
        }
    }

    @Test
    void aUserWithoutAHomeStartsAtTheRoot() throws Exception {
        try (var village = village()) {
            var outcome = village.deliver(village.to("signal", "lost"), "\nbody\n");
            deferred("terminated; signal 9", outcome);
        }
    }

    @Test
    void aSealedCommandRunsAsItsOwner() throws Exception {
        try (var village = village()) {
            var seal =
                    new Seals(Village.SECRET)
                            .seal(
                                    Village.owner("as", "alice"),
                                    Kind.COMMAND,
                                    "id -u > out; cat > /dev/null");
            delivered(
                    village.deliver(
                            village.envelope(
                                    "as", new Destination.Sealed("alice", Kind.COMMAND, seal)),
                            "\nbody\n"));
            assertEquals("20001\n", Village.text(out(village)));
        }
    }

    @Test
    void aSealForSomeoneElseIsNotOpened() throws Exception {
        try (var village = village()) {
            var seal =
                    new Seals(Village.SECRET)
                            .seal(Village.owner("in", "alice"), Kind.COMMAND, "cat > out");
            deferred(
                    "the seal over what a forward file named is not ours",
                    village.deliver(
                            village.envelope(
                                    "in", new Destination.Sealed("bob", Kind.COMMAND, seal)),
                            "\nbody\n"));
            assertFalse(Files.exists(village.home("bob").resolve("out")));
        }
    }

    @Test
    void aSealIsNotOpenedForSomeoneElseOfThatName() throws Exception {
        try (var village = village()) {
            var seal =
                    new Seals(Village.SECRET)
                            .seal(
                                    Village.owner("in", "alice"),
                                    Kind.COMMAND,
                                    "cat > DIR/out/stolen".replace("DIR", directory.toString()));
            deferred(
                    "the seal over what a forward file named is not ours",
                    village.deliver(
                            village.envelope(
                                    "namesakes",
                                    new Destination.Sealed("alice", Kind.COMMAND, seal)),
                            "\nbody\n"));
            assertFalse(Files.exists(directory.resolve("out/stolen")));
        }
    }

    @Test
    void anActionRunsNothingOfAnotherActionsTable() throws Exception {
        try (var village = village()) {
            deferred(
                    "alias list of table aliases: not a table of action \"other\"",
                    village.deliver(
                            village.envelope(
                                    "other",
                                    listed(
                                            "list",
                                            Kind.COMMAND,
                                            "cat > " + directory + "/out/list")),
                            "\nbody\n"));
            assertFalse(Files.exists(directory.resolve("out/list")));
        }
    }

    @Test
    void rootRunsNoCommand() throws Exception {
        try (var village = village()) {
            var seal =
                    new Seals(Village.SECRET)
                            .seal(Village.owner("in", "super"), Kind.COMMAND, "cat");
            var outcome =
                    village.deliver(
                            village.envelope(
                                    "in", new Destination.Sealed("super", Kind.COMMAND, seal)),
                            "\nbody\n");
            assertInstanceOf(Outcome.Failed.class, outcome);
        }
    }

    private Destination listed(String key, Kind kind, String text) {
        return new Destination.Listed("aliases", key, kind, Listing.digest(text));
    }

    @Test
    void aCommandOfAnAliasRunsAsNobody() throws Exception {
        try (var village = village()) {
            delivered(
                    village.deliver(
                            village.envelope(
                                    "listed",
                                    listed(
                                            "list",
                                            Kind.COMMAND,
                                            "cat > " + directory + "/out/list")),
                            "\nbody\n"));
            assertEquals(65534, Village.owner(directory.resolve("out/list")));
        }
    }

    @Test
    void aFileOfAnAliasBelongsToNobody() throws Exception {
        try (var village = village()) {
            delivered(
                    village.deliver(
                            village.envelope(
                                    "listed", listed("note", Kind.FILE, directory + "/out/file")),
                            "\nbody\n"));
            assertEquals(65534, Village.owner(directory.resolve("out/file")));
        }
    }

    @Test
    void onlyWhatTheTableNamesIsRun() throws Exception {
        try (var village = village()) {
            deferred(
                    "alias list of table aliases no longer names what it named",
                    village.deliver(
                            village.envelope(
                                    "listed", listed("list", Kind.COMMAND, "rm -rf /nonexistent")),
                            "\nbody\n"));
        }
    }

    @Test
    void aCommandWhoseMessageBreaksOffIsKilledBeforeItsInputEnds() throws Exception {
        try (var village = village()) {
            var job =
                    new FakeQueue.Job(
                            village.envelope(
                                    "in",
                                    new Destination.Sealed(
                                            "alice",
                                            Kind.COMMAND,
                                            new Seals(Village.SECRET)
                                                    .seal(
                                                            Village.owner("in", "alice"),
                                                            Kind.COMMAND,
                                                            "cat > part; mv part whole"))),
                            new Work.Content.OnRequest(1_000_000),
                            List.of(Chunk.of("\n"), Chunk.of("x\n".repeat(1000))),
                            FakeQueue.End.HANG_UP);
            assertEquals(List.of(), village.queue.hand(job).end());
            village.room.stop(Duration.ofSeconds(60));
            assertFalse(Files.exists(village.home("alice").resolve("whole")));
        }
    }

    @Test
    @Timeout(60)
    void stoppingKillsWhatStillRuns() throws Exception {
        try (var village = village()) {
            var job = village.queue.hand(village.to("sleep", "alice"), "\nbody\n");
            assertEquals("\n", Village.text(directory.resolve("out/fifo")));
            village.room.stop(Duration.ofMillis(50));
            deferred("terminated; the delivery room ends", job.outcome());
        }
    }

    @Test
    @Timeout(50)
    void aQueueThatHangsUpEndsTheCommand() throws Exception {
        try (var village = village()) {
            village.queue.hand(village.to("holds", "alice"), "\nbody\n");
            endsWithTheQueue(village);
        }
    }

    @Test
    @Timeout(50)
    void aQueueThatHangsUpAfterItsContentEndsTheCommand() throws Exception {
        try (var village = village()) {
            village.queue.hand(
                    new FakeQueue.Job(
                            village.to("holds", "alice"),
                            new Work.Content.OnRequest(5),
                            List.of(Chunk.of("\nb"), Chunk.of("od\n")),
                            FakeQueue.End.WHOLE));
            endsWithTheQueue(village);
        }
    }

    /// The command, and all that it started, hold the other end of the fifo while they run.
    private void endsWithTheQueue(Village village) throws Exception {
        try (var fifo = Files.newInputStream(directory.resolve("out/fifo"))) {
            assertEquals('\n', fifo.read());
            village.queue.die();
            assertEquals(-1, fifo.read());
        }
    }

    @Test
    void aCommandThatNobodyWaitsForIsNotStarted() throws Exception {
        try (var village = village()) {
            var order = order(village, "echo > out");
            var letter =
                    Letter.of(
                            LetterTest.envelope(),
                            new Source.Inline(Chunk.of("\nx\n"), () -> false));
            assertThrows(
                    ContentLost.class,
                    () ->
                            new Commands(new Broods(), Duration.ofMinutes(1), 1, 1)
                                    .run(order, letter));
            assertFalse(Files.exists(out(village)));
        }
    }

    @Test
    void aCommandThatTakesTooLongIsKilled() throws Exception {
        try (var village = village()) {
            var order = order(village, "sleep 600 & sleep 600");
            deferred(
                    "terminated; timeout",
                    new Commands(new Broods(), Duration.ofMillis(300), 1, 1)
                            .run(order, LetterTest.letter("\nx\n")));
        }
    }

    private static Commands.Order order(Village village, String line) throws Exception {
        var home = village.home("alice");
        var user = new LocalUser("alice", Village.ALICE, Village.ALICE, home.toString());
        return new Commands.Order(line, user, home, java.util.Map.of("PATH", "/usr/bin:/bin"));
    }

    private static Outcome run(Village village, String line, Letter letter) throws Exception {
        return new Commands(new Broods(), Duration.ofMinutes(1), 1, 1)
                .run(order(village, line), letter);
    }

    @Test
    void whatWentToAnotherSessionDiesWithTheCommand() throws Exception {
        try (var village = village()) {
            var awaited = new AtomicBoolean(true);
            var letter =
                    Letter.of(
                            LetterTest.envelope(),
                            new Source.Inline(Chunk.of("\nx\n"), awaited::get));
            var fifo = directory.resolve("out/fifo");
            // Its parent is gone, and its session is its own.
            var line =
                    "(setsid sh -c 'exec > %s; echo; sleep 600; echo' &); sleep 600"
                            .formatted(fifo);
            var outcome = new FutureTask<>(() -> run(village, line, letter));
            Thread.ofPlatform().daemon().start(outcome);
            try (var left = Files.newInputStream(fifo)) {
                assertEquals('\n', left.read());
                awaited.set(false);
                assertEquals(-1, left.read());
            }
            deferred("terminated; the queue hung up", outcome.get(60, TimeUnit.SECONDS));
        }
    }

    @Test
    void whatACommandLeavesBehindGoesOn() throws Exception {
        try (var village = village()) {
            var says = directory.resolve("out/fifo");
            var hears = directory.resolve("out/other");
            Filesystem.makeFifo(hears, 0600);
            Village.chmod(hears, "rw-rw-rw-");
            var line =
                    "cat > /dev/null; (setsid sh -c 'exec > %s 2>&1; echo; read word < %s; echo $word' &)"
                            .formatted(says, hears);
            var outcome = new FutureTask<>(() -> run(village, line, LetterTest.letter("\nx\n")));
            Thread.ofPlatform().daemon().start(outcome);
            try (var left = Files.newInputStream(says)) {
                assertEquals('\n', left.read());
                delivered(outcome.get(60, TimeUnit.SECONDS));
                Files.writeString(hears, "alive\n");
                assertEquals("alive\n", new String(left.readAllBytes(), US_ASCII));
            }
        }
    }

    @Test
    void aCommandThatDoesNotReadIsKilled() throws Exception {
        try (var village = village()) {
            var order = order(village, "sleep 600");
            deferred(
                    "terminated; timeout",
                    new Commands(new Broods(), Duration.ofMillis(300), 1, 1)
                            .run(order, LetterTest.letter("\n" + "x".repeat(1_000_000))));
        }
    }
}
