package org.postern.front.route;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.postern.ipc.Accounts;

/// What a person is told about a recipient, line by line.
class ExplanationTest {
    private static final String CONFIG =
            """
            table names { "list" = "c, u@b.example", "c" = "c", "gone" = "error:550 Moved away" }
            table lost { "x" }
            action "home" maildir alias <names>
            action "out" relay
            match auth from any for any action "out"
            match from any for domain "here.example" action "home"
            match from any for domain "shut.example" reject
            match from any for domain { "lost.example" } mail-from <lost> reject
            match from local for any action "out"
            """;

    private static String explained(Routes routes, String recipient) {
        var explanation = new Explanation(routes.config());
        var routing = routes.routing(recipient, explanation);
        return String.join("\n", explanation.lines())
                + '\n'
                + String.join("\n", Explanation.result(routing))
                + '\n';
    }

    @Test
    void eachStepIsTold() {
        assertEquals(
                """
                list@here.example: the rules are asked
                    smtpd.conf:5: match from any for any auth action "out"
                      from any: holds
                      for any: holds
                      auth: fails (no login)
                    smtpd.conf:6: match from any for domain "here.example" action "home"
                      from any: holds
                      for domain "here.example": holds (here.example)
                list@here.example: smtpd.conf:6 matches: action "home" (maildir "~/Maildir")
                  <names> list: c, u@b.example
                    <names> c: c
                    u@b.example: the rules are asked, as from local
                    smtpd.conf:5: match from any for any auth action "out"
                      from any: holds
                      for any: holds
                      auth: fails (no login)
                    smtpd.conf:6: match from any for domain "here.example" action "home"
                      from any: holds
                      for domain "here.example": fails (b.example)
                    smtpd.conf:7: match from any for domain "shut.example" reject
                      from any: holds
                      for domain "shut.example": fails (b.example)
                    smtpd.conf:8: match from any for domain "lost.example" mail-from <lost> reject
                      from any: holds
                      for domain "lost.example": fails (b.example)
                    smtpd.conf:9: match from local for any action "out"
                      from local: holds (local)
                      for any: holds
                    u@b.example: smtpd.conf:9 matches: action "out" (relay)
                    u@b.example: is sent on, by action "out" (relay)
                      c: a user, whose mail is not forwarded
                      c: is delivered, by action "home" (maildir "~/Maildir")
                envelope: to=<u@b.example> action="out" by relay
                envelope: to=<list@here.example> action="home" by user c
                """,
                explained(Routes.by(CONFIG).users("c"), "list@here.example"));
    }

    private static String last(Routes routes, String recipient) {
        var lines = explained(routes, recipient).split("\n", -1);
        return lines[lines.length - 3].strip() + "\n" + lines[lines.length - 2];
    }

    @Test
    void aRefusalSaysWhy() {
        assertEquals(
                "u@shut.example: smtpd.conf:7 matches: reject\n"
                        + "because <u@shut.example>: rejected by the rule at smtpd.conf:7:1",
                last(Routes.by(CONFIG), "u@shut.example"));
        assertEquals(
                "u@b.example: no rule matches\nbecause <u@b.example>: no rule matches",
                last(Routes.by(CONFIG), "u@b.example"));
        assertEquals(
                "c: no such user\nbecause <c>: no such user",
                last(Routes.by(CONFIG), "c@here.example"));
    }

    @Test
    void aRefusalInATableOrAFileNamesTheMemberAndItsWords() {
        assertEquals(
                "<names> gone: error:550 Moved away\nbecause <gone>: it says error:550 Moved away",
                last(Routes.by(CONFIG), "gone@here.example"));
        var routes = Routes.by(CONFIG).forward("d", "error:450 Not now\n");
        assertEquals(
                "d: a user, whose .forward says: error:450 Not now\n"
                        + "because <d>: it says error:450 Not now",
                last(routes, "d@here.example"));
    }

    @Test
    void whatCannotBeToldIsSaid() {
        assertEquals(
                "u@lost.example: smtpd.conf:8 cannot be told, and no rule after it is asked\n"
                        + "because <u@lost.example>: rule at smtpd.conf:8:1: lost",
                last(Routes.by(CONFIG), "u@lost.example"));
    }

    @Test
    void theForwardFileIsToldButNotItsCommands() {
        var routes = Routes.by(CONFIG).forward("d", "|secret\nu@b.example\n");
        assertEquals(
                true,
                explained(routes, "d@here.example")
                        .contains("d: a user, whose .forward says: a command, u@b.example"));
        assertEquals(false, explained(routes, "d@here.example").contains("secret"));
        routes.account("d", new Accounts.Answer.Insecure("others may write it"));
        assertEquals(
                "d: the .forward is not safe: others may write it\n"
                        + "because <d>: forward file: others may write it",
                last(routes, "d@here.example"));
    }
}
