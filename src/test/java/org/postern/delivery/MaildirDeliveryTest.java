package org.postern.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postern.ipc.Work;
import org.postern.mail.Chunk;
import org.postern.mail.Outcome;
import org.postern.mail.Share.Destination;

/// Mail into Maildirs, from the queue's hand to the user's folder.
class MaildirDeliveryTest {
    private static final String CONFIG =
            """
            action "in" maildir userbase <users>
            action "junk" maildir junk userbase <users>
            action "at" maildir "DIR/home/%{user.username}/at/%{rcpt.user}" userbase <users>
            action "as" maildir "~/Maildir" userbase <users> user "nobody"
            match for any action "in"
            """;

    @TempDir private Path directory;

    @BeforeEach
    void needsRoot() {
        Village.needsRoot();
    }

    private static Path inbox(Village village, String user) {
        return village.home(user).resolve("Maildir/new");
    }

    @Test
    void aLetterIsInTheUsersMaildir() throws Exception {
        try (var village = new Village(directory, CONFIG)) {
            var outcome = village.deliver(village.to("in", "alice"), "Subject: x\n\nbody\n");
            assertInstanceOf(Outcome.Delivered.class, outcome, outcome.text());
            var letter = Village.files(inbox(village, "alice")).getFirst();
            assertEquals(
                    "Return-Path: <carol@example.net>\n"
                            + "Delivered-To: list@example.org\n"
                            + "Subject: x\n\n"
                            + "body\n",
                    Village.text(letter));
        }
    }

    @Test
    void theLetterAndTheFoldersAreTheUsersAlone() throws Exception {
        try (var village = new Village(directory, CONFIG)) {
            village.deliver(village.to("in", "alice"), "\nbody\n");
            var maildir = village.home("alice").resolve("Maildir");
            for (var path : List.of(maildir, maildir.resolve("tmp"), maildir.resolve("cur"))) {
                assertEquals("rwx------ 20001", Village.mode(path) + ' ' + Village.owner(path));
            }
            var letter = Village.files(maildir.resolve("new")).getFirst();
            assertEquals("rw------- 20001", Village.mode(letter) + ' ' + Village.owner(letter));
            assertEquals(List.of(), Village.files(maildir.resolve("tmp")));
        }
    }

    @Test
    void theNameTellsTheSizeAndTheHost() throws Exception {
        try (var village = new Village(directory, CONFIG)) {
            village.deliver(village.to("in", "alice"), "\nbody\n");
            var letter = Village.files(inbox(village, "alice")).getFirst();
            var name = letter.getFileName().toString();
            assertTrue(
                    name.matches(
                            "1772600828\\.M[0-9]+P[0-9]+Q1_[0-9a-f]{8}\\.mx\\.example\\.org,S="
                                    + Files.size(letter)),
                    name);
        }
    }

    @Test
    void modesOfFoldersThatAreThereAreLeftAlone() throws Exception {
        try (var village = new Village(directory, CONFIG)) {
            village.deliver(village.to("in", "alice"), "\nbody\n");
            var maildir = village.home("alice").resolve("Maildir");
            Village.chmod(maildir, "rwxrwx---");
            village.deliver(village.to("in", "alice"), "\nbody\n");
            assertEquals("rwxrwx---", Village.mode(maildir));
        }
    }

    @Test
    void lettersThatComeTogetherFareEachForItself() throws Exception {
        try (var village = new Village(directory, CONFIG)) {
            var outcomes =
                    village.queue.together(
                            List.of(
                                    village.to("in", "alice"),
                                    village.to("in", "nobody-at-all"),
                                    village.to("in", "alice")),
                            "\nx\n");
            assertInstanceOf(Outcome.Delivered.class, outcomes.get(0));
            assertInstanceOf(Outcome.Failed.class, outcomes.get(1));
            assertInstanceOf(Outcome.Delivered.class, outcomes.get(2));
            assertEquals(2, Village.files(inbox(village, "alice")).size());
        }
    }

    /// The queue still had the old configuration, and gave them out together. Commands run for it
    /// one by one, as many at a time as a user may have.
    @Test
    void lettersForWhatIsACommandByNowGoBackUntried() throws Exception {
        var now =
                CONFIG
                        + "action \"run\" mda \"cat > /dev/null; touch DIR/home/alice/ran\" userbase <users>\n";
        try (var village = new Village(directory, now)) {
            var outcomes =
                    village.queue.together(
                            List.of(village.to("run", "alice"), village.to("run", "alice")),
                            "\nx\n");
            assertEquals(List.of(FakeQueue.NOT_YET, FakeQueue.NOT_YET), outcomes);
            assertFalse(Files.exists(village.home("alice").resolve("ran")));
            var alone = village.deliver(village.to("run", "alice"), "\nx\n");
            assertInstanceOf(Outcome.Delivered.class, alone, alone::toString);
        }
    }

    @Test
    void aLetterForWhatIsANeighbourByNowGoesBackUntried() throws Exception {
        var now = CONFIG + "action \"near\" lmtp \"/nowhere\" userbase <users>\n";
        try (var village = new Village(directory, now)) {
            assertEquals(FakeQueue.NOT_YET, village.deliver(village.to("near", "alice"), "\nx\n"));
        }
    }

    @Test
    void manyLettersAtOnceAllArrive() throws Exception {
        try (var village = new Village(directory, CONFIG)) {
            var jobs = new ArrayList<FakeQueue.Job>();
            for (int i = 0; i < 200; i++) {
                jobs.add(
                        village.queue.hand(
                                village.to("in", i % 2 == 0 ? "alice" : "bob"), "\nx\n"));
            }
            for (var job : jobs) {
                assertInstanceOf(Outcome.Delivered.class, job.outcome());
            }
            assertEquals(100, Village.files(inbox(village, "alice")).size());
            assertEquals(100, Village.files(inbox(village, "bob")).size());
        }
    }

    @Test
    void aSubAddressFindsItsFolderOnlyIfItIsThere() throws Exception {
        try (var village = new Village(directory, CONFIG)) {
            village.deliver(village.to("in", "alice"), "\nbody\n");
            var maildir = village.home("alice").resolve("Maildir");
            var folder = Files.createDirectory(maildir.resolve(".lists"));
            Village.give(folder, Village.ALICE);
            village.deliver(
                    village.envelope("in", new Destination.Account("alice", "lists")), "\nx\n");
            village.deliver(
                    village.envelope("in", new Destination.Account("alice", "none")), "\nx\n");
            assertEquals(1, Village.files(folder.resolve("new")).size());
            assertEquals(2, Village.files(maildir.resolve("new")).size());
        }
    }

    @Test
    void aSubAddressDoesNotClimb() throws Exception {
        try (var village = new Village(directory, CONFIG)) {
            for (var extension : List.of(".", "./x", "/../x", "a/../../x")) {
                var outcome =
                        village.deliver(
                                village.envelope("in", new Destination.Account("alice", extension)),
                                "\nx\n");
                assertInstanceOf(Outcome.Delivered.class, outcome, outcome.text());
            }
            assertEquals(4, Village.files(inbox(village, "alice")).size());
            assertEquals(1, Village.files(village.home("alice")).size());
        }
    }

    @Test
    void markedMailGoesToTheJunkFolder() throws Exception {
        try (var village = new Village(directory, CONFIG)) {
            village.deliver(village.to("junk", "alice"), "X-Spam-Flag: YES\n\nbody\n");
            village.deliver(village.to("junk", "alice"), "X-Spam-Flag: NO\n\nbody\n");
            village.deliver(village.to("in", "bob"), "X-Spam-Flag: YES\n\nbody\n");
            assertEquals(
                    1, Village.files(village.home("alice").resolve("Maildir/.Junk/new")).size());
            assertEquals(1, Village.files(inbox(village, "alice")).size());
            assertEquals(1, Village.files(inbox(village, "bob")).size());
        }
    }

    @Test
    void aPathMayNameItsParts() throws Exception {
        try (var village = new Village(directory, CONFIG)) {
            village.deliver(village.to("at", "bob"), "\nbody\n");
            assertEquals(1, Village.files(village.home("bob").resolve("at/list/new")).size());
        }
    }

    @Test
    void aLinkLeadsOnlyWhereTheUserMayGo() throws Exception {
        try (var village = new Village(directory, CONFIG)) {
            var target = Files.createDirectory(directory.resolve("etc"));
            Village.chmod(target, "rwxr-xr-x");
            var link = Files.createSymbolicLink(village.home("alice").resolve("Maildir"), target);
            Village.give(link, Village.ALICE);
            var outcome = village.deliver(village.to("in", "alice"), "\nbody\n");
            assertInstanceOf(Outcome.Deferred.class, outcome);
            assertEquals(List.of(), Village.files(target));
        }
    }

    @Test
    void aRefusalTellsWhoAndWhere() throws Exception {
        try (var village = new Village(directory, CONFIG)) {
            var home = village.home("alice");
            Village.give(home, 0);
            var outcome = village.deliver(village.to("in", "alice"), "\nbody\n");
            assertInstanceOf(Outcome.Deferred.class, outcome);
            assertTrue(
                    outcome.text()
                            .endsWith("Permission denied at " + home + " (as uid 20001 gid 20001)"),
                    outcome.text());
        }
    }

    @Test
    void bigContentIsFetched() throws Exception {
        try (var village = new Village(directory, CONFIG)) {
            var pieces = new ArrayList<Chunk>(List.of(Chunk.of("A: b\n\n")));
            for (int i = 0; i < 40; i++) {
                pieces.add(Chunk.handOver(new byte[256 * 1024]));
            }
            long length = 6 + 40L * 256 * 1024;
            var job =
                    new FakeQueue.Job(
                            village.to("in", "alice"),
                            new Work.Content.OnRequest(length),
                            pieces,
                            FakeQueue.End.WHOLE);
            assertInstanceOf(Outcome.Delivered.class, village.queue.hand(job).outcome());
            var letter = Village.files(inbox(village, "alice")).getFirst();
            assertEquals(length + 64, Files.size(letter));
        }
    }

    @Test
    void contentThatBreaksOffLeavesNothing() throws Exception {
        try (var village = new Village(directory, CONFIG)) {
            village.deliver(village.to("in", "alice"), "\nfirst\n");
            var job =
                    new FakeQueue.Job(
                            village.to("in", "alice"),
                            new Work.Content.OnRequest(1_000_000),
                            List.of(Chunk.of("A: b\n\nbody\n"), Chunk.of("more\n")),
                            FakeQueue.End.HANG_UP);
            assertEquals(List.of(), village.queue.hand(job).end());
            village.room.stop(Duration.ofSeconds(60)); // by then it has swept up
            assertEquals(1, Village.files(inbox(village, "alice")).size());
            assertEquals(List.of(), Village.files(village.home("alice").resolve("Maildir/tmp")));
        }
    }

    @Test
    void shortContentIsNotStored() throws Exception {
        try (var village = new Village(directory, CONFIG)) {
            var job =
                    new FakeQueue.Job(
                            village.to("in", "alice"),
                            new Work.Content.OnRequest(1_000_000),
                            List.of(Chunk.of("A: b\n\nbody\n"), Chunk.of("more\n")),
                            FakeQueue.End.WHOLE);
            assertEquals(List.of(), village.queue.hand(job).end());
            var maildir = village.home("alice").resolve("Maildir");
            assertEquals(List.of(), Village.files(maildir.resolve("new")));
            assertEquals(List.of(), Village.files(maildir.resolve("tmp")));
        }
    }

    @Test
    void aLoopFails() throws Exception {
        try (var village = new Village(directory, CONFIG)) {
            var outcome =
                    village.deliver(
                            village.to("in", "alice"), "Delivered-To: LIST@example.org\n\nx\n");
            assertEquals("5.4.6 Loop detected", outcome.status() + " " + outcome.text());
        }
    }

    @Test
    void anUnknownUserFails() throws Exception {
        try (var village = new Village(directory, CONFIG)) {
            var outcome = village.deliver(village.to("in", "zoe"), "\nx\n");
            assertInstanceOf(Outcome.Failed.class, outcome);
        }
    }

    @Test
    void rootGetsNoMaildir() throws Exception {
        try (var village = new Village(directory, CONFIG)) {
            var outcome = village.deliver(village.to("in", "super"), "\nx\n");
            assertEquals("MDA not allowed to deliver to: super", outcome.text());
            assertInstanceOf(Outcome.Failed.class, outcome);
        }
    }

    @Test
    void anActionThatIsGoneDefers() throws Exception {
        try (var village = new Village(directory, CONFIG)) {
            var outcome = village.deliver(village.to("gone", "alice"), "\nx\n");
            assertInstanceOf(Outcome.Deferred.class, outcome);
        }
    }

    @Test
    void theLogTellsIt() throws Exception {
        try (var village = new Village(directory, CONFIG)) {
            village.deliver(village.to("in", "alice"), "\nx\n");
            var line = village.log.remove();
            assertTrue(
                    line.matches(
                            "[0-9a-f]{16} mda delivery evpid=1234567800000001"
                                    + " from=<carol@example.net> to=<user@example.org>"
                                    + " rcpt=<list@example.org> user=alice delay=1m1s result=Ok"
                                    + " stat=Delivered"),
                    line);
        }
    }
}
