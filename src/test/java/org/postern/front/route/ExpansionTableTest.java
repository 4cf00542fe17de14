package org.postern.front.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;
import org.postern.config.ConfigException;
import org.postern.ipc.Accounts;

/// Each statement about the expansion of recipients, as a row: what the table holds, how the action
/// delivers, who the users are and where they forward, and what becomes of a recipient.
///
/// A user is written `name`, or `name > forward file`, or `name ! what cannot be had`. The sections
/// are those of the description of OpenSMTPD that the rows hold us to; where we differ on purpose,
/// the row says S and the number of the sharp edge that is mended.
class ExpansionTableTest {
    private static Routes routes(String entries, String action, String users) {
        var table = entries.equals("-") ? "\"nothing\" = \"nothing\"" : entries;
        var routes =
                Routes.by(
                        """
                        table names { %s }
                        action "home" %s
                        action "plain" maildir
                        action "out" relay
                        match from any for domain "here.example" action "home"
                        match from any for domain "too.example" action "home"
                        match from any for domain "plain.example" action "plain"
                        match from local for any action "out"
                        """
                                .formatted(table, action));
        if (!users.equals("-")) {
            Arrays.stream(users.split(";", -1)).forEach(user -> user(routes, user.strip()));
        }
        return routes;
    }

    private static void user(Routes routes, String text) {
        int forward = text.indexOf(" > ");
        int trouble = text.indexOf(" ! ");
        if (forward >= 0) {
            routes.forward(text.substring(0, forward), text.substring(forward + 3));
        } else if (trouble >= 0) {
            var why = text.substring(trouble + 3);
            routes.account(
                    text.substring(0, trouble),
                    switch (why) {
                        case "insecure" -> new Accounts.Answer.Insecure(why);
                        case "unreadable" -> new Accounts.Answer.Unreadable(why);
                        default -> new Accounts.Answer.Unavailable(why);
                    });
        } else {
            routes.users(text);
        }
    }

    private static void check(
            String section,
            String entries,
            String action,
            String users,
            String recipient,
            String expected) {
        var mailbox = recipient.contains("@") ? recipient : recipient + "@here.example";
        assertEquals(
                switch (expected) {
                    case "PERM" -> "550 5.1.1 Invalid recipient: <" + mailbox + ">";
                    case "TEMP" -> "451 4.3.0 Temporary failure: <" + mailbox + ">";
                    case "PERM-LIST" ->
                            "550 5.2.4 Mailing list expansion problem: <" + mailbox + ">";
                    case "TEMP-LIST" ->
                            "451 4.2.4 Mailing list expansion problem: <" + mailbox + ">";
                    default -> expected;
                },
                routes(entries, action, users).of(mailbox),
                section);
    }

    @ParameterizedTest
    @CsvFileSource(
            resources = "/route/expansion.rows",
            delimiterString = "::",
            quoteCharacter = '^')
    void whatBecomesOfARecipient(
            String section,
            String entries,
            String action,
            String users,
            String recipient,
            String expected) {
        check(section, entries, action, users, recipient, expected);
    }

    /// 7.8: what a real server did, and what we do where it was wrong.
    @ParameterizedTest
    @CsvSource(
            delimiterString = "::",
            quoteCharacter = '^',
            textBlock =
                    """
                    S27, was twice      :: "list" = "c, z", "z" = "c"          :: c    :: list :: c by home
                    7.8 circle          :: "cyc1" = "cyc2, c", "cyc2" = "cyc1" :: c    :: cyc1 :: c by home
                    7.8 circle only     :: "only" = "only2", "only2" = "only"  :: -    :: only :: PERM-LIST
                    7.8 two mailboxes   :: "two" = "c, c@here.example"         :: c    :: two  :: c by home, c by home
                    7.8 tags            :: "tagz" = "c+t1, c+t2, c"            :: c    :: tagz :: c by home, c+t1 by home, c+t2 by home
                    7.8 forward circle  :: -    :: a > b, c; b > a; c :: a    :: PERM-LIST
                    7.8 own tag         :: -    :: d > \\d            :: d+ext :: d by home
                    7.8 nine names      :: "n1" = "n2", "n2" = "n3", "n3" = "n4", "n4" = "n5", "n5" = "n6", "n6" = "n7", "n7" = "n8", "n8" = "n9" :: n9 :: n1 :: n9 by home
                    7.8 ten names       :: "n0" = "n1", "n1" = "n2", "n2" = "n3", "n3" = "n4", "n4" = "n5", "n5" = "n6", "n6" = "n7", "n7" = "n8", "n8" = "n9" :: n9 :: n0 :: PERM-LIST
                    S27 long circle     :: -    :: a > b; b > c; c > d; d > a :: a :: PERM-LIST
                    S27 own twin        :: -    :: a > b; b > b               :: a :: b by home
                    S27 through address :: -    :: a > a@here.example         :: a :: PERM-LIST
                    S27 through address :: -    :: a > b@too.example; b > a   :: a :: PERM-LIST
                    S27 through alias   :: "b" = "a" :: a > b                 :: a :: PERM-LIST
                    """)
    void whatWasProbed(
            String section, String entries, String users, String recipient, String expected) {
        check(section, entries, "maildir alias <names>", users, recipient, expected);
    }

    /// 9.1: the values of an alias. S33, S34: what is no recipient is refused when the table is
    /// read; nothing of it is cut or skipped.
    @ParameterizedTest
    @CsvSource(
            delimiterString = "::",
            quoteCharacter = '^',
            textBlock =
                    """
                    c, d                   :: c by home, d by home
                    c,, d ,                :: c by home, d by home
                    \\c                    :: c by home
                    "|p a, b"              :: COMMAND of z in names by home
                    |p a\\, b              :: COMMAND of z in names by home
                    |p 'a, b'              :: COMMAND of z in names by home
                    error:550 x            :: 550 5.2.1 x: <z@here.example>
                    :error:550 x           :: 550 5.2.1 x: <z@here.example>
                    ERROR:451 x            :: 451 4.2.1 x: <z@here.example>
                    u@b.c                  :: u@b.c by out
                    :include:/nonexistent  :: 550 5.1.1 Invalid recipient: <z@here.example>
                    :include:/nonexistent, c :: c by home
                    :include:/dev/null, c  :: 451 4.2.4 Mailing list expansion problem: <z@here.example>
                    |                      :: refused
                    c, |                   :: refused
                    "|"                    :: refused
                    "|p                    :: refused
                    |it's                  :: refused
                    c\\                    :: refused
                    a@b@c                  :: refused
                    u@[192.0.2.1]          :: refused
                    x@y z                  :: refused
                    c # a comment          :: refused
                    u@b.c # a comment      :: refused
                    error:250 x            :: refused
                    error:550              :: refused
                    error:550  x           :: refused
                    :include:relative      :: refused
                    a/b                    :: refused
                    """)
    void valuesOfAnAlias(String value, String expected, @TempDir Path directory) throws Exception {
        var file = Files.writeString(directory.resolve("aliases"), "z: " + value + "\n");
        var config =
                """
                table names file:%s
                action "home" maildir alias <names>
                action "out" relay
                match from any for domain "here.example" action "home"
                match from local for any action "out"
                """
                        .formatted(file);
        if (expected.equals("refused")) {
            var problem = assertThrows(ConfigException.class, () -> Routes.read(config));
            assertTrue(problem.getMessage().startsWith(file + ":1:"), problem.getMessage());
        } else {
            assertEquals(expected, Routes.by(config).users("c", "d").of("z@here.example"));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = "::",
            textBlock =
                    """
                    userbase, alias :: maildir userbase <base> alias <names>
                    user, alias     :: maildir user "vmail" alias <names>
                    """)
    void theUserbaseIsAskedForWhoIsLeft(String section, String action) {
        var routes =
                Routes.by(
                                """
                                table names { "z" = "c" }
                                table base { "c" = "1000:1000:/home/c" }
                                action "home" %s
                                match from any for domain "here.example" action "home"
                                """
                                        .formatted(action))
                        .users("c");
        assertEquals("c by home", routes.of("z@here.example"), section);
        assertEquals(
                List.of("c"),
                routes.asked().stream()
                        .map(
                                question ->
                                        switch (question) {
                                            case Accounts.Of(_, var user) -> user;
                                            case Accounts.Exists(_, var user) -> user;
                                        })
                        .toList());
    }
}
