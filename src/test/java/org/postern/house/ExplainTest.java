package org.postern.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What `smtpctl explain` says of a running server, beside what the same server answers a client.
class ExplainTest {
    private static final String CONFIG =
            """
            listen on 127.0.0.1 port @PORT@
            table people { ann = "4321:4321:@ROOT@/ann", bob = "4321:4321:@ROOT@/bob", \
            shut = "4321:4321:@ROOT@/shut", loose = "4321:4321:@ROOT@/loose" }
            table names { staff = "team, bob", team = "ann", gone = "error:550 Moved away", \
            holiday = "error:450 4.2.1 Back soon", circle = "circus", circus = "circle" }
            table all { "@virtual.example" = "bob", "post@virtual.example" = "ann@out.example" }
            table broken bad:/x
            action "home" maildir userbase <people> alias <names>
            action "virtual" maildir userbase <people> virtual <all>
            action "out" relay host "smtp://127.0.0.1:1"
            match from any for rcpt-to "no@here.example" reject
            match helo "spam.example" from any for domain "here.example" reject
            match mail-from "@bad.example" from any for domain "here.example" reject
            match auth from any for domain "members.example" action "home"
            match tls from any for domain "secret.example" action "home"
            match from any for domain "here.example" action "home"
            match from any for domain "virtual.example" action "virtual"
            match from local for domain "out.example" action "out"
            match from local for domain <broken> action "out"
            """;

    /// It has no answer to anything.
    private static final String TABLE =
            """
            #!/bin/sh
            while IFS= read -r line && [ "$line" != "config|ready" ]; do :; done
            printf 'register|domain\\nregister|ready\\n'
            while IFS='|' read -r _ _ _ _ op service id key; do
                printf '%s-result|%s|error|no idea\\n' "$op" "$id"
            done
            """;

    /// Who calls, and what is expected, for a reader; both sides are asked anyway.
    private static final String TRIPLES =
            """
            A 127.0.0.1  client.example  <>                <staff@here.example>            250
            A 127.0.0.1  client.example  <>                <ann+tag@here.example>          250
            A 127.0.0.1  client.example  <>                <BOB@Here.Example>              250
            A 127.0.0.1  client.example  <>                <anyone@virtual.example>        250
            A 127.0.0.1  client.example  <>                <post@virtual.example>          250
            A 127.0.0.1  client.example  <>                <shut@here.example>             550
            A 127.0.0.1  client.example  <>                <loose@here.example>            550
            A 127.0.0.1  client.example  <>                <gone@here.example>             550
            A 127.0.0.1  client.example  <>                <holiday@here.example>          450
            A 127.0.0.1  client.example  <>                <circle@here.example>           550
            A 127.0.0.1  client.example  <>                <no@here.example>               550
            A 127.0.0.1  client.example  <>                <nobody@here.example>           550
            A 127.0.0.1  client.example  <>                <x@out.example>                 250
            A 127.0.0.2  client.example  <>                <x@out.example>                 550
            A 127.0.0.1  client.example  <>                <x@elsewhere.example>           451
            A 127.0.0.2  client.example  <>                <x@elsewhere.example>           550
            A 127.0.0.1  client.example  <x@bad.example>   <ann@here.example>              550
            A 127.0.0.1  spam.example    <x@good.example>  <ann@here.example>              550
            A 127.0.0.1  client.example  <x@good.example>  <@a.example:bob@here.example>   250
            A 127.0.0.1  client.example  <>                <ann@members.example>           451
            A 127.0.0.2  client.example  <>                <ann@members.example>           550
            A 127.0.0.2  client.example  <>                <ann@secret.example>            550
            """;

    private static House house;

    @BeforeAll
    static void aServer() throws Exception {
        SystemUsers.exist();
        house = house();
    }

    @AfterAll
    static void itsEnd() throws Exception {
        if (house != null) {
            house.close();
        }
    }

    private static House house() throws Exception {
        var plot = House.plot(CONFIG);
        plot.file("../libexec/table-bad", TABLE);
        mode(plot.root().resolve("libexec/table-bad"), "rwxr-xr-x");
        forward(plot.root().resolve("ann"), "bob@out.example, \\ann\n", "rw-------");
        forward(plot.root().resolve("bob"), "# nobody\n", "rw-r--r--");
        forward(plot.root().resolve("shut"), "error:550 5.7.1 Not here\n", "rw-r--r--");
        forward(plot.root().resolve("loose"), "bob\n", "rw-rw-rw-");
        return plot.start();
    }

    private static void mode(Path path, String mode) throws Exception {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }

    /// A home that nobody else may enter, with a `.forward` that only its user may read.
    private static void forward(Path home, String text, String mode) throws Exception {
        Files.createDirectory(home);
        var file = Files.writeString(home.resolve(".forward"), text);
        mode(file, mode);
        mode(home, "rwx------");
        Files.setAttribute(file, "unix:uid", 4321);
        Files.setAttribute(home, "unix:uid", 4321);
    }

    @Test
    void itSaysWhatAClientIsTold() throws Exception {
        try (var questions = new Questions(house)) {
            for (var line : TRIPLES.lines().toList()) {
                var triple = Triple.parse(line);
                var reply = Caller.answer(triple, house.port());
                assertEquals(triple.expected(), reply.substring(0, 3), line);
                var told = questions.ask(triple);
                assertEquals(Questions.verdict(reply), told.verdict(), line);
            }
            assertEquals("", house.smtpctl("show", "queue"), "nothing is queued by a question");
            assertEquals(List.of(), house.maildir("ann/Maildir"));
        }
    }

    private static String explained(String recipient, String... facts) throws Exception {
        var words = new ArrayList<String>(List.of("explain", "rcpt", recipient));
        words.addAll(List.of(facts));
        return house.smtpctl(words.toArray(String[]::new));
    }

    @Test
    void eachStepIsShown() throws Exception {
        var root = house.root();
        assertEquals(
                """
                mail from=<x@good.example> to=<team@here.example> client=127.0.0.9 \
                name=pc.example helo="pc" tag=""
                team@here.example: the rules are asked
                    ROOT/etc/smtpd.conf:9: match from any for any rcpt-to "no@here.example" reject
                      from any: holds
                      for any: holds
                      rcpt-to "no@here.example": fails (team@here.example)
                """
                        .replace("ROOT", root.toString()),
                explained(
                                "team@here.example",
                                "from",
                                "127.0.0.9",
                                "rdns",
                                "pc.example",
                                "helo",
                                "pc",
                                "mail-from",
                                "x@good.example")
                        .lines()
                        .limit(6)
                        .map(line -> line + "\n")
                        .reduce("", String::concat));
    }

    @Test
    void itTellsWhy() throws Exception {
        tells("<gone>: it says error:550 Moved away", "gone@here.example");
        tells("<shut>: it says error:550 5.7.1 Not here", "shut@here.example");
        tells("can be written by others", "loose@here.example");
        tells("table broken: no idea", "x@elsewhere.example", "from", "local");
        tells("ann: a user, whose .forward says: bob@out.example, ann", "team@here.example");
        tells("auth: fails (no login)", "ann@members.example", "from", "127.0.0.2");
        tells("accepted: ", "ann@members.example", "from", "127.0.0.2", "auth", "ann");
        tells("tls: fails", "ann@secret.example", "from", "127.0.0.2");
        tells("accepted: ", "ann@secret.example", "from", "127.0.0.2", "tls");
        assertEquals("smtpctl: not a recipient: a@@b\n", house.smtpctl("explain", "rcpt", "a@@b"));
        assertEquals("", house.smtpctl("show", "queue"));
    }

    private static void tells(String words, String recipient, String... facts) throws Exception {
        var told = explained(recipient, facts);
        assertTrue(told.contains(words), () -> words + " is missing in\n" + told);
        assertFalse(told.contains("refused\n"), told);
    }
}
