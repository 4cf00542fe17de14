package org.postern.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postern.ipc.Accounts;
import org.postern.ipc.Accounts.Answer;
import org.postern.ipc.Accounts.Target;
import org.postern.mail.Mailbox;
import org.postern.mail.Share.Destination.Kind;

/// What `front` is told about users and their forward files.
class AccountsDeskTest {
    private static final String CONFIG =
            """
            action "in" maildir userbase <users>
            action "sys" maildir
            action "as" maildir userbase <users> user "alice"
            action "out" relay
            match for any action "in"
            """;

    @TempDir private Path directory;

    @BeforeEach
    void needsRoot() {
        Village.needsRoot();
    }

    private Answer forward(String text) throws Exception {
        try (var village = new Village(directory, CONFIG)) {
            village.write("alice", Village.ALICE, ".forward", text);
            return village.ask(new Accounts.Of("in", "alice"));
        }
    }

    private interface Preparation {
        void prepare(Village village, Path forward) throws Exception;
    }

    private Answer prepared(Preparation preparation) throws Exception {
        try (var village = new Village(directory, CONFIG)) {
            var file = village.write("alice", Village.ALICE, ".forward", "bob\n");
            preparation.prepare(village, file);
            return village.ask(new Accounts.Of("in", "alice"));
        }
    }

    @Test
    void anAccountMayExist() throws Exception {
        try (var village = new Village(directory, CONFIG)) {
            assertEquals(new Answer.NoForward(), village.ask(new Accounts.Exists("in", "alice")));
            assertEquals(new Answer.NoAccount(), village.ask(new Accounts.Exists("in", "zoe")));
            assertEquals(new Answer.NoForward(), village.ask(new Accounts.Exists("sys", "root")));
            assertEquals(new Answer.NoAccount(), village.ask(new Accounts.Exists("sys", "alice")));
            assertInstanceOf(
                    Answer.Unavailable.class, village.ask(new Accounts.Exists("out", "alice")));
        }
    }

    @Test
    void mostUsersHaveNoForward() throws Exception {
        try (var village = new Village(directory, CONFIG)) {
            assertEquals(new Answer.NoForward(), village.ask(new Accounts.Of("in", "alice")));
            assertEquals(new Answer.NoForward(), village.ask(new Accounts.Of("in", "lost")));
        }
    }

    @Test
    void everyKindOfTargetIsRead() throws Exception {
        var seals = new Seals(Village.SECRET);
        assertEquals(
                new Answer.Forwards(
                        List.of(
                                new Target.User("alice"),
                                new Target.User("bob"),
                                new Target.Elsewhere(new Mailbox("ann", "example.net")),
                                new Target.Command(
                                        seals.seal(
                                                Village.owner("in", "alice"),
                                                Kind.COMMAND,
                                                "vacation -x")),
                                new Target.File(
                                        seals.seal(
                                                Village.owner("in", "alice"),
                                                Kind.FILE,
                                                "/var/tmp/archive")),
                                new Target.Refusal(550, "Gone away"))),
                forward(
                        """
                        # where it goes
                        \\alice, bob # both of us
                        ann@exa\\
                        mple.net
                        "|vacation -x"
                        :include:/etc/passwd
                        /var/tmp/archive
                        error:550 Gone away
                        """));
    }

    @Test
    void aFileOfCommentsIsNone() throws Exception {
        assertEquals(new Answer.NoForward(), forward("# nothing\n\n"));
    }

    @Test
    void aMalformedLineIsNotSkipped() throws Exception {
        assertInstanceOf(Answer.Unreadable.class, forward("bob\na@b@c@\n"));
    }

    @Test
    void anOverlongFileIsNotCut() throws Exception {
        assertInstanceOf(Answer.Unreadable.class, forward("#".repeat(4096)));
    }

    @Test
    void aFileOfTheLargestSizeIsRead() throws Exception {
        assertEquals(
                new Answer.Forwards(List.of(new Target.User("bob"))),
                forward("bob\n" + "#".repeat(4091)));
    }

    @Test
    void aLinkIsNotFollowed() throws Exception {
        assertInstanceOf(
                Answer.Insecure.class,
                prepared(
                        (village, file) -> {
                            var other = village.write("alice", Village.ALICE, "other", "bob\n");
                            Files.delete(file);
                            Village.give(Files.createSymbolicLink(file, other), Village.ALICE);
                        }));
    }

    @Test
    void aFifoDoesNotHang() throws Exception {
        assertInstanceOf(
                Answer.Insecure.class,
                prepared(
                        (village, file) -> {
                            Files.delete(file);
                            org.postern.os.Filesystem.makeFifo(file, 0600);
                            Village.give(file, Village.ALICE);
                        }));
    }

    @Test
    void aFileThatOthersMayWriteIsInsecure() throws Exception {
        assertInstanceOf(
                Answer.Insecure.class,
                prepared((village, file) -> Village.chmod(file, "rw-rw-r--")));
    }

    @Test
    void aFileOfSomeoneElseIsInsecure() throws Exception {
        assertInstanceOf(
                Answer.Insecure.class,
                prepared((village, file) -> Village.give(file, Village.BOB)));
    }

    @Test
    void aFileTheUserMayNotReadIsInsecure() throws Exception {
        assertInstanceOf(
                Answer.Insecure.class,
                prepared(
                        (village, file) -> {
                            Village.give(file, 0);
                            Village.chmod(file, "rw-------");
                        }));
    }

    @Test
    void aHomeThatOthersMayWriteIsInsecure() throws Exception {
        assertInstanceOf(
                Answer.Insecure.class,
                prepared((village, file) -> Village.chmod(village.home("alice"), "rwxrwx---")));
    }

    @Test
    void aHomeOfSomeoneElseIsInsecure() throws Exception {
        assertInstanceOf(
                Answer.Insecure.class,
                prepared(
                        (village, file) -> {
                            Village.give(village.home("alice"), Village.BOB);
                            Village.chmod(village.home("alice"), "rwxr-xr-x");
                        }));
    }

    @Test
    void aStickyHomeMeansWait() throws Exception {
        assertInstanceOf(
                Answer.Unreadable.class,
                prepared(
                        (village, file) ->
                                Files.setAttribute(village.home("alice"), "unix:mode", 01700)));
    }

    @Test
    void anEmptyFileIsNone() throws Exception {
        assertEquals(new Answer.NoForward(), forward(""));
    }

    @Test
    void aDirectoryIsNoFile() throws Exception {
        assertInstanceOf(
                Answer.Insecure.class,
                prepared(
                        (village, file) -> {
                            Files.delete(file);
                            Village.give(Files.createDirectory(file), Village.ALICE);
                        }));
    }

    @Test
    void aFileThatAnyoneMayWriteIsInsecure() throws Exception {
        assertInstanceOf(
                Answer.Insecure.class,
                prepared((village, file) -> Village.chmod(file, "rw-r--rw-")));
    }

    @Test
    void aFileOfRootIsNotTheUsers() throws Exception {
        assertInstanceOf(Answer.Insecure.class, prepared((village, file) -> Village.give(file, 0)));
    }

    @Test
    void aHomeThatAnyoneMayWriteIsInsecure() throws Exception {
        assertInstanceOf(
                Answer.Insecure.class,
                prepared((village, file) -> Village.chmod(village.home("alice"), "rwxr-xrwx")));
    }

    @Test
    void aHomeThatTheUserMayNotEnterIsInsecure() throws Exception {
        assertInstanceOf(
                Answer.Insecure.class,
                prepared(
                        (village, file) -> {
                            Village.give(village.home("alice"), Village.BOB);
                            Village.chmod(village.home("alice"), "rwx------");
                        }));
    }

    @Test
    void aHomeOfRootIsAsGood() throws Exception {
        assertEquals(
                new Answer.Forwards(List.of(new Target.User("bob"))),
                prepared(
                        (village, file) -> {
                            Village.give(village.home("alice"), 0);
                            Village.chmod(village.home("alice"), "rwxr-xr-x");
                        }));
    }

    @Test
    void aHomeMayBeALink() throws Exception {
        assertEquals(
                new Answer.Forwards(List.of(new Target.User("bob"))),
                prepared(
                        (village, file) -> {
                            var real = village.home("alice").resolveSibling("real");
                            Files.move(village.home("alice"), real);
                            Files.createSymbolicLink(village.home("alice"), real);
                        }));
    }

    @Test
    void aFileWithTooManyRecipientsMeansWait() throws Exception {
        assertInstanceOf(Answer.Unreadable.class, forward("u@b.c\n".repeat(101)));
    }

    @Test
    void aCommandOrFileOfRootMeansWait() throws Exception {
        var config =
                CONFIG
                        + """
                        table chiefs { chief = "0:0:DIR/home/chief" }
                        action "chiefs" maildir userbase <chiefs>
                        """;
        try (var village = new Village(directory, config)) {
            Files.createDirectory(village.home("chief"));
            for (var text : List.of("|cat\n", "/var/tmp/x\n")) {
                village.write("chief", 0, ".forward", text);
                assertInstanceOf(
                        Answer.Unavailable.class, village.ask(new Accounts.Of("chiefs", "chief")));
            }
            village.write("chief", 0, ".forward", "alice\n");
            assertInstanceOf(
                    Answer.Forwards.class, village.ask(new Accounts.Of("chiefs", "chief")));
        }
    }

    @Test
    void whereOneAccountDoesAllOnlyItsForwardCounts() throws Exception {
        try (var village = new Village(directory, CONFIG)) {
            village.write("alice", Village.ALICE, ".forward", "bob\n");
            village.write("bob", Village.BOB, ".forward", "alice\n");
            assertEquals(new Answer.NoForward(), village.ask(new Accounts.Of("as", "bob")));
            assertInstanceOf(Answer.Forwards.class, village.ask(new Accounts.Of("as", "alice")));
        }
    }

    @Test
    void aSealThatWasGivenOutOpens() throws Exception {
        var answer = forward("|vacation\n");
        if (answer instanceof Answer.Forwards(var targets)
                && targets.getFirst() instanceof Target.Command(var seal)) {
            assertEquals(
                    Optional.of("vacation"),
                    new Seals(Village.SECRET)
                            .open(Village.owner("in", "alice"), Kind.COMMAND, seal));
        } else {
            throw new AssertionError(answer);
        }
    }
}
