package org.postern.front.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postern.ipc.Accounts;
import org.postern.mail.Chunk;
import org.postern.mail.Share.Destination;

/// From a recipient to shares: aliases, virtual tables, sub-addresses, forward files, and where an
/// expansion ends.
class ExpansionTest {
    private static final String OPEN =
            "match from any for domain \"here.example\" action \"home\"\n";

    private static Routes alias(String entries, String... more) {
        return Routes.by(
                "table names { "
                        + entries
                        + " }\naction \"home\" maildir alias <names>\naction \"out\" relay\n"
                        + OPEN
                        + String.join("\n", more)
                        + "\nmatch from local for any action \"out\"\n");
    }

    private static Routes virtual(String entries) {
        return Routes.by(
                "table names { "
                        + entries
                        + " }\naction \"virtual\" maildir virtual <names>\n"
                        + "action \"home\" maildir\naction \"out\" relay\n"
                        + "match from any for domain \"here.example\" action \"virtual\"\n"
                        + "match from any for domain \"local.example\" action \"home\"\n"
                        + "match from local for any action \"out\"\n");
    }

    private static Routes plain(String action) {
        return Routes.by(
                "action \"home\" "
                        + action
                        + "\naction \"out\" relay\n"
                        + OPEN
                        + "match from local for any action \"out\"\n");
    }

    private static String badList(String recipient) {
        return "550 5.2.4 Mailing list expansion problem: <" + recipient + ">";
    }

    private static String badListNow(String recipient) {
        return "451 4.2.4 Mailing list expansion problem: <" + recipient + ">";
    }

    private static String invalid(String recipient) {
        return "550 5.1.1 Invalid recipient: <" + recipient + ">";
    }

    private static String temporary(String recipient) {
        return "451 4.3.0 Temporary failure: <" + recipient + ">";
    }

    @Test
    void aUserIsDelivered() {
        assertEquals("bob by home", plain("maildir").users("bob").of("bob@here.example"));
    }

    @Test
    void aUserIsKnownInSmallLettersAndTheMailboxKeepsItsOwn() {
        var routing = plain("maildir").users("bob").routing("BoB@Here.Example");
        var shares = assertInstanceOf(Routing.Accepted.class, routing).shares();
        assertEquals(new Destination.Account("bob", ""), shares.getFirst().destination());
        assertEquals("BoB@Here.Example", shares.getFirst().recipient().toString());
        assertEquals("BoB@Here.Example", shares.getFirst().originalRecipient().toString());
    }

    @Test
    void anUnknownUserIsRefused() {
        assertEquals(invalid("bob@here.example"), plain("maildir").of("bob@here.example"));
    }

    @Test
    void aSubAddressGoesToItsUser() {
        assertEquals("bob+x by home", plain("maildir").users("bob").of("bob+X@here.example"));
        assertEquals("bob+x+y by home", plain("maildir").users("bob").of("bob+x+y@here.example"));
        assertEquals("bob by home", plain("maildir").users("bob").of("bob+@here.example"));
    }

    @Test
    void aDelimiterAloneIsNobody() {
        assertEquals(invalid("+x@here.example"), plain("maildir").of("+x@here.example"));
    }

    @Test
    void theDelimiterIsTheConfigurations() {
        var routes = Routes.by("smtp sub-addr-delim \"-\"\naction \"home\" maildir\n" + OPEN);
        routes.users("bob", "bob+x");
        assertEquals("bob+x by home", routes.of("bob-x@here.example"));
        assertEquals("bob+x by home", routes.of("bob+x@here.example"));
    }

    @Test
    void relayingNeedsNoAccount() {
        var routes = plain("maildir").origin(Routes.from("local"));
        assertEquals("u@example.com by out", routes.of("u@example.com"));
        assertEquals(List.of(), routes.asked());
    }

    /// The examples of the OpenSMTPD whose users we take over, with its double delivery mended.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    "list" = "c, z", "z" = "c"             | list  | c by home
                    "cyc1" = "cyc2, c", "cyc2" = "cyc1"    | cyc1  | c by home
                    "only" = "only2", "only2" = "only"     | only  | badlist
                    "two" = "c, c@here.example"            | two   | c by home, c by home
                    "tagz" = "c+t1, c+t2, c"               | tagz  | c by home, c+t1 by home, c+t2 by home
                    "c" = "c"                              | c     | c by home
                    "c" = "c, d"                           | c     | c by home, d by home
                    "C" = "D"                              | c     | d by home
                    "z" = "d, c"                           | Z     | c by home, d by home
                    "z" = "u@example.com, c"               | z     | c by home, u@example.com by out
                    "z" = "c, c, C"                        | z     | c by home
                    "c" = "d"                              | c+tag | d by home
                    "c" = "d", "c+tag" = "e"               | c+tag | e by home
                    "z" = "nobody"                         | z     | invalid
                    "z" = "c, nobody"                      | z     | invalid
                    "z" = "c"                              | d     | d by home
                    """)
    void aliasesExpand(String entries, String name, String expected) {
        var routes = alias(entries).users("c", "d", "e");
        var recipient = name + "@here.example";
        assertEquals(
                switch (expected) {
                    case "badlist" -> badList(recipient);
                    case "invalid" -> invalid(recipient);
                    default -> expected;
                },
                routes.of(recipient));
    }

    @Test
    void aChainOfNineNamesWorksAndATenthDoesNot() {
        var chain = new ArrayList<String>();
        for (int i = 1; i < 9; i++) {
            chain.add("\"n" + i + "\" = \"n" + (i + 1) + "\"");
        }
        var nine = alias(String.join(", ", chain)).users("n9");
        assertEquals("n9 by home", nine.of("n1@here.example"));
        chain.add("\"n0\" = \"n1\"");
        var ten = alias(String.join(", ", chain)).users("n9");
        assertEquals(badList("n0@here.example"), ten.of("n0@here.example"));
    }

    @Test
    void aliasesApplyToBareNamesOfAnyDomainTheActionHas() {
        var routes =
                alias("\"z\" = \"c\"", "match from any for domain \"b.example\" action \"home\"");
        assertEquals("c by home", routes.users("c").of("z@b.example"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    "bob+x@here.example" = "a1", "bob@here.example" = "a2" | bob+x | a1
                    "bob@here.example" = "a2", "bob+x" = "a3"              | bob+x | a2
                    "bob+x" = "a3", "bob" = "a4"                           | bob+x | a3
                    "bob" = "a4", "@here.example" = "a5"                   | bob+x | a4
                    "@here.example" = "a5", "@" = "a6"                     | bob+x | a5
                    "@" = "a6"                                             | bob+x | a6
                    "bob@here.example" = "a2", "bob" = "a4"                | bob   | a2
                    "bob" = "a4", "@" = "a6"                               | bob   | a4
                    "bob" = "a4", "@" = "a6"                               | eve   | a6
                    "BOB@HERE.example" = "a2"                              | Bob   | a2
                    "bob@other.example" = "a2"                             | bob   | badlist
                    """)
    void virtualKeysAreTriedFromTheMostExactOn(String entries, String name, String expected) {
        var routes = virtual(entries).users("a1", "a2", "a3", "a4", "a5", "a6");
        var recipient = name + "@here.example";
        assertEquals(
                expected.equals("badlist") ? badList(recipient) : expected + " by virtual",
                routes.of(recipient));
    }

    @Test
    void virtualUsersChainByTheirBareName() {
        var routes = virtual("\"bob@here.example\" = \"staff\", \"staff\" = \"c, d\"");
        assertEquals("c by virtual, d by virtual", routes.users("c", "d").of("bob@here.example"));
    }

    @Test
    void aCatchAllDoesNotCatchTheUsersThatItNames() {
        var routes = virtual("\"@\" = \"bob\"").users("bob");
        assertEquals("bob by virtual", routes.of("eve@here.example"));
    }

    @Test
    void aVirtualMailboxElsewhereIsRoutedByItsOwnRule() {
        var routes = virtual("\"bob@here.example\" = \"bob@local.example\"").users("bob");
        var routing = assertInstanceOf(Routing.Accepted.class, routes.routing("bob@here.example"));
        assertEquals("home", routing.shares().getFirst().action());
        assertEquals("bob@local.example", routing.shares().getFirst().recipient().toString());
        assertEquals(
                "bob@here.example", routing.shares().getFirst().originalRecipient().toString());
    }

    @Test
    void mailboxesThatNameEachOtherEndAtTheDepth() {
        var routes =
                virtual(
                        "\"a@here.example\" = \"b@here.example\", \"b@here.example\" ="
                                + " \"a@here.example\"");
        assertEquals(badList("a@here.example"), routes.of("a@here.example"));
    }

    @Test
    void anAliasMayRefuse() {
        var routes =
                alias(
                        "\"gone\" = \"error:550 moved away\", \"busy\" = \"error:451 4.7.1 not"
                                + " now\", \"odd\" = \"error:550 4.1.1 what\"");
        assertEquals("550 5.2.1 moved away: <gone@here.example>", routes.of("gone@here.example"));
        assertEquals("451 4.7.1 not now: <busy@here.example>", routes.of("busy@here.example"));
        assertEquals("550 5.2.1 4.1.1 what: <odd@here.example>", routes.of("odd@here.example"));
    }

    @Test
    void theCommandOfAnAliasIsNamedByItsKeyAndDigest() throws Exception {
        var routes = alias("\"prog\" = \"|/bin/program x\", \"file\" = \"/var/log/mail file\"");
        var routing = assertInstanceOf(Routing.Accepted.class, routes.routing("prog@here.example"));
        var digest =
                MessageDigest.getInstance("SHA-256").digest(Chunk.of("/bin/program x").toArray());
        assertEquals(
                new Destination.Listed(
                        "names", "prog", Destination.Kind.COMMAND, Chunk.copyOf(digest)),
                routing.shares().getFirst().destination());
        assertEquals("FILE of file in names by home", routes.of("file@here.example"));
    }

    @Test
    void aForwardFileSendsElsewhere() {
        var routes = plain("maildir").forward("bob", "u@example.com\n");
        assertEquals("u@example.com by out", routes.of("bob@here.example"));
    }

    @Test
    void aForwardFileMayKeepACopy() {
        var routes = plain("maildir").forward("bob", "\\bob\nu@example.com\n");
        assertEquals("bob by home, u@example.com by out", routes.of("bob@here.example"));
        assertEquals(1, routes.asked().size());
    }

    @Test
    void aForwardFileWithoutRecipientsIsNone() {
        assertEquals(
                "bob by home",
                plain("maildir").forward("bob", "# nobody\n").of("bob@here.example"));
    }

    @Test
    void theCommandOfAForwardFileStaysSealed() {
        var routes = plain("maildir").forward("bob", "|vacation bob\n/home/bob/copy\n");
        assertEquals(
                "bob's FILE 'sealed /home/bob/copy' by home, "
                        + "bob's COMMAND 'sealed vacation bob' by home",
                routes.of("bob@here.example"));
    }

    @Test
    void aSubAddressIsLostWhereTheForwardFileNamesTheUser() {
        assertEquals("d by home", plain("maildir").forward("d", "\\d\n").of("d+ext@here.example"));
    }

    @Test
    void forwardFilesThatNameEachOtherAreABadList() {
        var routes = plain("maildir").forward("a", "b, c\n").forward("b", "a\n").users("c");
        assertEquals(badList("a@here.example"), routes.of("a@here.example"));
        assertTrue(routes.asked().size() <= 3);
    }

    @Test
    void aForwardFileThatNamesItsOwnMailboxIsABadList() {
        var routes =
                Routes.by(
                                "action \"home\" maildir\n"
                                        + "match from any for domain \"here.example\" action"
                                        + " \"home\"\n")
                        .forward("a", "a@here.example\n");
        assertEquals(badList("a@here.example"), routes.of("a@here.example"));
    }

    @Test
    void aForwardFileWithTooManyRecipientsIsPutOff() {
        var text = new StringBuilder();
        for (int i = 0; i < 101; i++) {
            text.append("u").append(i).append("@example.com\n");
        }
        var routes = plain("maildir").forward("bob", text.toString());
        assertEquals(badListNow("bob@here.example"), routes.of("bob@here.example"));
    }

    @Test
    void anAliasMayHaveManyRecipients() {
        var names = new ArrayList<String>();
        for (int i = 0; i < 150; i++) {
            names.add("u" + i + "@b.c");
        }
        var routing =
                alias("\"all\" = \"" + String.join(", ", names) + "\"").routing("all@here.example");
        assertEquals(150, assertInstanceOf(Routing.Accepted.class, routing).shares().size());
    }

    @Test
    void whatCannotBeAskedIsPutOff() {
        var routes =
                plain("maildir")
                        .account("bob", new Accounts.Answer.Unavailable("away"))
                        .account("eve", new Accounts.Answer.Unreadable("being edited"))
                        .account("dan", new Accounts.Answer.Insecure("anyone can write it"));
        assertEquals(temporary("bob@here.example"), routes.of("bob@here.example"));
        assertEquals(badListNow("eve@here.example"), routes.of("eve@here.example"));
        assertEquals(badList("dan@here.example"), routes.of("dan@here.example"));
    }

    @Test
    void theCauseNamesTheMemberThatFailed() {
        var routes = alias("\"z\" = \"c, nobody\"").users("c");
        var routing = assertInstanceOf(Routing.Refused.class, routes.routing("z@here.example"));
        assertEquals("<nobody>: no such user", routing.cause());
    }

    @Test
    void oneMemberThatIsPutOffPutsOffAll() {
        var routes =
                alias("\"z\" = \"c, d\"")
                        .users("c")
                        .account("d", new Accounts.Answer.Unavailable("away"));
        assertEquals(temporary("z@here.example"), routes.of("z@here.example"));
    }

    @Test
    void anActionWithAUserOfItsOwnReadsNoForwardFile() {
        var routes =
                plain("maildir user \"vmail\"")
                        .forward("bob", "u@example.com\n")
                        .forward("vmail", "v@example.com\n");
        assertEquals("bob by home", routes.of("bob@here.example"));
        assertEquals(List.of(new Accounts.Exists("home", "bob")), routes.asked());
        assertEquals("v@example.com by out", routes.of("vmail@here.example"));
        assertEquals(invalid("eve@here.example"), routes.of("eve@here.example"));
    }

    @Test
    void forwardOnlyWantsAForwardFile() {
        var routes = plain("forward-only").users("bob").forward("eve", "u@example.com\n");
        assertEquals(badListNow("bob@here.example"), routes.of("bob@here.example"));
        assertEquals("u@example.com by out", routes.of("eve@here.example"));
    }

    @Test
    void forwardOnlyTakesNothingLocal() {
        var routes =
                plain("forward-only")
                        .forward("bob", "\\bob\n")
                        .forward("eve", "|program\n")
                        .forward("dan", "/tmp/file\n")
                        .forward("ann", "error:550 gone\n");
        assertEquals(badListNow("bob@here.example"), routes.of("bob@here.example"));
        assertEquals(temporary("eve@here.example"), routes.of("eve@here.example"));
        assertEquals(temporary("dan@here.example"), routes.of("dan@here.example"));
        assertEquals(temporary("ann@here.example"), routes.of("ann@here.example"));
    }

    @Test
    void expandOnlyTakesNoPlainUser() {
        var routes =
                plain("expand-only")
                        .users("bob")
                        .forward("eve", "u@example.com\n")
                        .forward("dan", "\\dan\n")
                        .forward("ann", "|program\n");
        assertEquals(badList("bob@here.example"), routes.of("bob@here.example"));
        assertEquals("u@example.com by out", routes.of("eve@here.example"));
        assertEquals(badList("dan@here.example"), routes.of("dan@here.example"));
        assertEquals("ann's COMMAND 'sealed program' by home", routes.of("ann@here.example"));
    }

    @Test
    void anIncludedFileStandsForItsRecipients(
            @org.junit.jupiter.api.io.TempDir java.nio.file.Path dir) throws Exception {
        var list = java.nio.file.Files.writeString(dir.resolve("list"), "c\nd # two\n");
        var empty = java.nio.file.Files.writeString(dir.resolve("empty"), "");
        var routes =
                alias("\"z\" = \":include:%s\", \"none\" = \":include:%s\"".formatted(list, empty));
        routes.users("c", "d");
        assertEquals("c by home, d by home", routes.of("z@here.example"));
        assertEquals(badList("none@here.example"), routes.of("none@here.example"));
    }

    @Test
    void theTrailTellsEachStep() {
        var steps = new ArrayList<Trail.Step>();
        var routes = alias("\"z\" = \"c, c\"").users("c");
        routes.routing("z@here.example", step -> steps.add(step.get()));
        assertEquals(
                List.of(
                        "Read",
                        "Asked",
                        "Tested",
                        "Tested",
                        "Decided",
                        "LookedUp",
                        "Repeated",
                        "LookedUp",
                        "Asking",
                        "Became"),
                steps.stream().map(step -> step.getClass().getSimpleName()).toList());
    }
}
