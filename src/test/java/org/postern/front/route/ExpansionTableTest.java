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
    @CsvSource(
            delimiterString = "::",
            quoteCharacter = '^',
            textBlock =
                    """
                    # 7.1: the order of siblings, and what is the same
                    7.1 order          :: "z" = "error:550 no, u@b.c, /f, d, |p, c"  :: maildir alias <names> :: c; d :: z :: 550 5.2.1 no: <z@here.example>
                    7.1 order          :: "z" = "u@b.c, /f, d, |p, c"  :: maildir alias <names> :: c; d :: z :: c by home, d by home, FILE of z in names by home, COMMAND of z in names by home, u@b.c by out
                    7.1 same           :: "z" = "c, C, c"              :: maildir alias <names> :: c    :: z :: c by home
                    7.1 same address   :: "z" = "u@b.c, u@b.c"         :: maildir alias <names> :: -    :: z :: u@b.c by out
                    7.1 case differs   :: "z" = "u@b.c, U@b.c"         :: maildir alias <names> :: -    :: z :: U@b.c by out, u@b.c by out
                    7.1 same command   :: "z" = "|p, |p"               :: maildir alias <names> :: -    :: z :: COMMAND of z in names by home
                    7.1 other command  :: "z" = "|p, |q"               :: maildir alias <names> :: -    :: z :: COMMAND of z in names by home, COMMAND of z in names by home
                    7.1 other name     :: "z" = "x, y", "x" = "|p", "y" = "|p" :: maildir alias <names> :: - :: z :: COMMAND of x in names by home, COMMAND of y in names by home
                    7.1 other mailbox  :: "z" = "c, c@too.example"     :: maildir alias <names> :: c    :: z :: c by home, c by home
                    7.1 below mailbox  :: "z" = "y@here.example, y@too.example", "y" = "c" :: maildir alias <names> :: c :: z :: c by home, c by home
                    S27 late twin      :: "z" = "c, y", "y" = "c"      :: maildir alias <names> :: c    :: z :: c by home
                    S27 late twin      :: "z" = "c, y", "y" = "x", "x" = "c, d" :: maildir alias <names> :: c; d :: z :: c by home, d by home
                    # 7.2, ADDRESS
                    7.2 address 3 none  :: -                   :: maildir               :: -  :: u@nowhere.example :: PERM
                    7.2 address 3 child :: "z" = "u@here.example" :: maildir alias <names> :: - :: z :: PERM
                    7.2 address 4       :: "z" = "u@b.c"       :: maildir alias <names> :: -  :: z    :: u@b.c by out
                    7.2 address 4       :: "z" = "u@b.c"       :: maildir alias <names> :: -  :: u@b.c :: PERM
                    7.2 address 5       :: "z@here.example" = "c" :: maildir virtual <names> :: c :: z :: c by home
                    7.2 address 5 none  :: "z@here.example" = "c" :: maildir virtual <names> :: c :: c :: PERM-LIST
                    7.2 address 5 bad   :: "z@here.example" = ":include:/" :: maildir virtual <names> :: c :: z :: TEMP-LIST
                    7.2 address 5 case  :: "z@here.example" = "c" :: maildir virtual <names> :: c :: Z@HERE.example :: c by home
                    7.2 address 6       :: -                   :: maildir               :: c  :: C+Tag :: c+tag by home
                    # 7.2, USERNAME
                    7.2 user 1          :: "c" = "d"           :: maildir alias <names> :: c; d :: c  :: d by home
                    7.2 user 1 bad      :: "c" = ":include:/"         :: maildir alias <names> :: c    :: c  :: TEMP-LIST
                    7.2 user 1 none     :: "x" = "d"           :: maildir alias <names> :: c    :: c  :: c by home
                    7.2 user 1 virtual  :: "z@here.example" = "c", "c" = "d" :: maildir virtual <names> :: c; d :: z :: d by home
                    7.2 user 1 virtual  :: "z@here.example" = "c", "c@" = "d" :: maildir virtual <names> :: c; d :: z :: d by home
                    7.2 user 1 virtual  :: "@here.example" = "c" :: maildir virtual <names> :: c :: z :: c by home
                    7.2 user 1 same     :: "c" = "c"           :: maildir alias <names> :: c    :: c  :: c by home
                    7.2 user 2          :: "z" = "c+tag"       :: maildir alias <names> :: c    :: z  :: c+tag by home
                    7.2 user 2 two      :: -                   :: maildir               :: c    :: c+a+b :: c+a+b by home
                    7.2 user 2 empty    :: -                   :: maildir               :: c    :: c+ :: c by home
                    7.2 user 3 none     :: -                   :: maildir               :: -    :: c  :: PERM
                    7.2 user 3 error    :: -                   :: maildir               :: c ! away :: c :: TEMP
                    7.2 user 4          :: -                   :: maildir               :: c > c :: c  :: c by home
                    7.2 user 4          :: -                   :: maildir               :: c > \\c, u@b.c :: c :: c by home, u@b.c by out
                    7.2 user 5          :: -                   :: maildir user "vmail"  :: c > u@b.c :: c :: c by home
                    7.2 user 5 same     :: -                   :: maildir user "c"      :: c > u@b.c :: c :: u@b.c by out
                    7.2 user 5 nobody   :: -                   :: maildir user "vmail"  :: vmail :: c  :: PERM
                    7.2 user 6          :: -                   :: maildir               :: c > d; d :: c :: d by home
                    # 7.2, FILENAME, FILTER, ERROR, end
                    7.2 file            :: "z" = "/f"          :: maildir alias <names> :: -    :: z  :: FILE of z in names by home
                    7.2 filter          :: "z" = "|p"          :: maildir alias <names> :: -    :: z  :: COMMAND of z in names by home
                    7.2 filter virtual  :: "z@here.example" = "|p" :: maildir virtual <names> :: - :: z :: COMMAND of z@here.example in names by home
                    7.2 file only       :: "z" = "/f"          :: forward-only alias <names> :: - :: z :: TEMP
                    7.2 filter only     :: "z" = "|p"          :: forward-only alias <names> :: - :: z :: TEMP
                    7.2 error only      :: "z" = "error:550 x" :: forward-only alias <names> :: - :: z :: TEMP
                    7.2 error 5         :: "z" = "error:550 Gone away" :: maildir alias <names> :: - :: z :: 550 5.2.1 Gone away: <z@here.example>
                    7.2 error 4         :: "z" = "error:450 Not now" :: maildir alias <names> :: - :: z :: 450 4.2.1 Not now: <z@here.example>
                    7.2 error status    :: "z" = "error:550 5.7.1 Never" :: maildir alias <names> :: - :: z :: 550 5.7.1 Never: <z@here.example>
                    7.2 end             :: "z" = "y", "y" = "z" :: maildir alias <names> :: -   :: z  :: PERM-LIST
                    # 7: any error on any branch refuses the whole recipient
                    7 one bad member    :: "z" = "c, nobody"   :: maildir alias <names> :: c    :: z  :: PERM
                    7 one bad member    :: "z" = "c, y", "y" = "error:550 x" :: maildir alias <names> :: c :: z :: 550 5.2.1 x: <z@here.example>
                    7 one bad member    :: "z" = "c, d"        :: maildir alias <names> :: c; d ! away :: z :: TEMP
                    """)
    void theMainLoop(
            String section,
            String entries,
            String action,
            String users,
            String recipient,
            String expected) {
        check(section, entries, action, users, recipient, expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = "::",
            quoteCharacter = '^',
            textBlock =
                    """
                    # 7.3, alias: user+tag, then user; one hit ends the search
                    7.3 alias whole     :: "c+t" = "d", "c" = "e"   :: maildir alias <names> :: d; e :: c+t :: d by home
                    7.3 alias cut       :: "c" = "e"                :: maildir alias <names> :: d; e :: c+t :: e by home
                    7.3 alias no tag    :: "c+t" = "d"              :: maildir alias <names> :: c; d :: c   :: c by home
                    7.3 alias other tag :: "c+t" = "d"              :: maildir alias <names> :: c; d :: c+u :: c+u by home
                    7.3 alias domain    :: "c@here.example" = "d"   :: maildir alias <names> :: c; d :: c   :: c by home
                    7.3 alias catch-all :: "@" = "d"                :: maildir alias <names> :: c; d :: c   :: c by home
                    7.3 alias case      :: "c" = "d"                :: maildir alias <names> :: d    :: C   :: d by home
                    7.3 alias any domain :: "c" = "d"               :: maildir alias <names> :: d :: c@too.example :: d by home
                    # 7.3, virtual: six keys, in order
                    7.3 virtual 1       :: "b+t@here.example" = "k1", "b@here.example" = "k2", "b+t" = "k3", "b" = "k4", "@here.example" = "k5", "@" = "k6" :: maildir virtual <names> :: k1; k2; k3; k4; k5; k6 :: b+t :: k1 by home
                    7.3 virtual 2       :: "b@here.example" = "k2", "b+t" = "k3", "b" = "k4", "@here.example" = "k5", "@" = "k6" :: maildir virtual <names> :: k1; k2; k3; k4; k5; k6 :: b+t :: k2 by home
                    7.3 virtual 3       :: "b+t" = "k3", "b" = "k4", "@here.example" = "k5", "@" = "k6" :: maildir virtual <names> :: k1; k2; k3; k4; k5; k6 :: b+t :: k3 by home
                    7.3 virtual 4       :: "b" = "k4", "@here.example" = "k5", "@" = "k6" :: maildir virtual <names> :: k1; k2; k3; k4; k5; k6 :: b+t :: k4 by home
                    7.3 virtual 5       :: "@here.example" = "k5", "@" = "k6" :: maildir virtual <names> :: k1; k2; k3; k4; k5; k6 :: b+t :: k5 by home
                    7.3 virtual 6       :: "@" = "k6"               :: maildir virtual <names> :: k6 :: b+t :: k6 by home
                    7.3 virtual no tag  :: "b+t@here.example" = "k1", "b" = "k4" :: maildir virtual <names> :: k1; k4 :: b :: k4 by home
                    7.3 virtual empty tag :: "b+@here.example" = "k1", "b" = "k4" :: maildir virtual <names> :: k1; k4 :: b+ :: k4 by home
                    7.3 virtual domain  :: "b@too.example" = "k1"   :: maildir virtual <names> :: k1 :: b   :: PERM-LIST
                    7.3 virtual bad     :: "b@here.example" = ":include:/", "b" = "k4" :: maildir virtual <names> :: k4 :: b :: TEMP-LIST
                    7.3 bare name 1     :: "z" = "b+t", "b+t@" = "k1", "b@" = "k2" :: maildir virtual <names> :: k1; k2 :: z :: k1 by home
                    7.3 bare name 2     :: "z" = "b+t", "b@" = "k2", "b+t" = "k3" :: maildir virtual <names> :: k2; k3 :: z :: k2 by home
                    7.3 bare name 5     :: "z" = "b", "@here.example" = "k5" :: maildir virtual <names> :: b; k5 :: z :: b by home
                    7.3 bare name 6     :: "z" = "b", "@" = "k6"    :: maildir virtual <names> :: b; k6 :: z :: b by home
                    7.3 chain           :: "a" = "b", "b" = "c", "c" = "d" :: maildir alias <names> :: d :: a :: d by home
                    7.3 self            :: "a" = "a, b", "b" = "b"  :: maildir alias <names> :: a; b :: a :: a by home, b by home
                    # 7.5, .forward
                    7.5 absent          :: -  :: maildir            :: c                  :: c :: c by home
                    7.5 insecure        :: -  :: maildir            :: c ! insecure       :: c :: PERM-LIST
                    7.5 unreadable      :: -  :: maildir            :: c ! unreadable     :: c :: TEMP-LIST
                    7.5 comments        :: -  :: maildir            :: c > # nobody       :: c :: c by home
                    7.5 all there       :: "z" = "c, d" :: maildir alias <names> :: c > d; d :: z :: c by home, d by home
                    7.5 forward-only    :: -  :: forward-only       :: c                  :: c :: TEMP-LIST
                    7.5 forward-only    :: -  :: forward-only       :: c > u@b.c          :: c :: u@b.c by out
                    7.5 forward-only    :: -  :: forward-only       :: c > # nobody       :: c :: TEMP-LIST
                    7.5 expand-only     :: -  :: expand-only        :: c                  :: c :: PERM-LIST
                    7.5 expand-only     :: -  :: expand-only        :: c > u@b.c          :: c :: u@b.c by out
                    7.5 same rule       :: "z" = "c", "d" = "e" :: maildir alias <names> :: c > d; e :: z :: e by home
                    7.5 command         :: -  :: maildir            :: c > "|p x"         :: c :: c's COMMAND 'sealed p x' by home
                    7.5 file            :: -  :: maildir            :: c > /f g           :: c :: c's FILE 'sealed /f g' by home
                    7.5 include         :: -  :: maildir            :: c > :include:/f    :: c :: c by home
                    7.5 own name        :: -  :: maildir            :: c > c, u@b.c       :: c :: c by home, u@b.c by out
                    7.5 own name        :: -  :: maildir            :: c > \\C, u@b.c     :: c :: c by home, u@b.c by out
                    7.5 other's own     :: -  :: maildir            :: c > d; d > \\d     :: c :: d by home
                    7.5 to an alias     :: "d" = "e" :: maildir alias <names> :: c > \\d; d; e :: c :: e by home
                    7.5 tag             :: -  :: maildir            :: c > d+t; d         :: c :: d+t by home
                    # 7.9
                    7.9 forward-only    :: "z" = "u@b.c" :: forward-only alias <names> :: - :: z :: u@b.c by out
                    7.9 expand-only     :: "z" = "|p"    :: expand-only alias <names> :: -  :: z :: COMMAND of z in names by home
                    7.9 expand-only     :: "z" = "c"     :: expand-only alias <names> :: c  :: z :: PERM-LIST
                    S29 forward-only    :: -  :: forward-only       :: c > \\c            :: c :: TEMP-LIST
                    S29 expand-only     :: -  :: expand-only        :: c > \\c            :: c :: PERM-LIST
                    S29 with others     :: -  :: forward-only       :: c > \\c, u@b.c     :: c :: TEMP-LIST
                    """)
    void keysAndForwardFiles(
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
