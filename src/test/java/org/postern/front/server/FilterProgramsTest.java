package org.postern.front.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Sessions with filter programs: the protocol of OpenSMTPD, version 0.7.
class FilterProgramsTest {
    private static final String HELLO =
            """
            S: 220 mx.example.org ESMTP Postern
            C: HELO client.example.net
            S: 250 mx.example.org Hello client.example.net [192.0.2.10], pleased to meet you
            """;

    private static final String MAIL =
            HELLO
                    + """
                    C: MAIL FROM:<alice@example.net>
                    S: 250 2.0.0 Ok
                    C: RCPT TO:<dave@example.org>
                    S: 250 2.1.5 Destination address valid: Recipient ok
                    C: DATA
                    S: 354 Enter mail, end with "." on a line by itself
                    C: Subject: hi
                    C:
                    C: ..dot
                    C: .
                    """;

    private static final String BYE =
            """
            C: QUIT
            S: 221 2.0.0 Bye
            """;

    private static final String RECEIVED =
            """
            Q: | Received: from client.example.net (client.example.net [192.0.2.10])
            Q: |\tby mx.example.org (Postern) with SMTP id a1b2c3d4
            Q: |\tfor <dave@example.org>;
            Q: |\tTue, 4 Mar 2025 10:11:12 +0000 (UTC)
            """;

    private static final String QUEUED =
            """
            Q: from <alice@example.net>
            Q: to <dave@example.org> by "inbox"
            """;

    @TempDir Path root;

    private void plays(String script) throws Exception {
        new Dialogue().programsBelow(root).reads(script.replace("Q: |\t", "Q: | \t"));
    }

    private FakeProgram program(List<String> register, Function<String, List<String>> answers)
            throws Exception {
        return new FakeProgram(root, "it", register, answers);
    }

    private static void assertHeard(FakeProgram program, String expected) throws Exception {
        var heard = program.heard((int) expected.lines().count());
        assertEquals(expected, String.join("\n", heard));
    }

    private static boolean asks(String line, String phase) {
        return line.startsWith("filter|") && line.contains("|smtp-in|" + phase + "|");
    }

    /// Says yes to everything, and gives each line back.
    private static List<String> passing(String line) {
        if (asks(line, "data-line")) {
            return List.of("filter-dataline|SID|TOKEN|" + line.split("\\|", 8)[7]);
        }
        return line.startsWith("filter|") ? List.of("filter-result|SID|TOKEN|proceed") : List.of();
    }

    @Test
    void theGreetingIsThatOfTheProtocol() throws Exception {
        try (var program = program(List.of(), _ -> List.of())) {
            plays("F: filter it proc-exec \"x\"\n" + HELLO + BYE);
            assertEquals(
                    List.of(
                            "config|smtpd-version|7.8.0-postern",
                            "config|protocol|0.7",
                            "config|smtp-session-timeout|300",
                            "config|admd|mx.example.org",
                            "config|ready"),
                    program.greeting());
        }
    }

    @Test
    void everythingIsToldInOrder() throws Exception {
        try (var program = program(List.of("report|smtp-in|*"), _ -> List.of())) {
            plays(
                    "F: filter it proc-exec \"x\"\n"
                            + MAIL
                            + "S: 250 2.0.0 a1b2c3d4 Message accepted for delivery\n"
                            + BYE
                            + QUEUED
                            + RECEIVED
                            + "Q: | Subject: hi\nQ: |\nQ: | .dot\n");
            var told =
                    """
                    report link-connect|S|client.example.net|pass|192.0.2.10:40000|192.0.2.25:25
                    report filter-response|S|connected|proceed
                    report protocol-server|S|220 mx.example.org ESMTP Postern
                    report link-greeting|S|mx.example.org
                    report protocol-client|S|HELO client.example.net
                    report filter-response|S|helo|proceed
                    report link-identify|S|HELO|client.example.net
                    report protocol-server|S|250 mx.example.org Hello client.example.net [192.0.2.10], pleased to meet you
                    report protocol-client|S|MAIL FROM:<alice@example.net>
                    report filter-response|S|mail-from|proceed
                    report protocol-server|S|250 2.0.0 Ok
                    report tx-begin|S|a1b2c3d4
                    report tx-mail|S|a1b2c3d4|ok|alice@example.net
                    report protocol-client|S|RCPT TO:<dave@example.org>
                    report filter-response|S|rcpt-to|proceed
                    report protocol-server|S|250 2.1.5 Destination address valid: Recipient ok
                    report tx-rcpt|S|a1b2c3d4|ok|dave@example.org
                    report protocol-client|S|DATA
                    report filter-response|S|data|proceed
                    report protocol-server|S|354 Enter mail, end with "." on a line by itself
                    report tx-data|S|a1b2c3d4|ok
                    report protocol-client|S|.
                    report filter-response|S|commit|proceed
                    report tx-envelope|S|a1b2c3d4|a1b2c3d400000001
                    report protocol-server|S|250 2.0.0 a1b2c3d4 Message accepted for delivery
                    report tx-commit|S|a1b2c3d4|200
                    report tx-reset|S|a1b2c3d4
                    report protocol-client|S|QUIT
                    report filter-response|S|quit|proceed
                    report protocol-server|S|221 2.0.0 Bye
                    report link-disconnect|S
                    """;
            var heard = program.heard((int) told.lines().count());
            assertEquals(
                    told.replaceFirst("\\|200", "|" + size(heard)),
                    String.join("\n", heard) + "\n");
        }
    }

    private static String size(List<String> heard) {
        return heard.stream()
                .filter(line -> line.contains("tx-commit"))
                .map(line -> line.substring(line.lastIndexOf('|') + 1))
                .findFirst()
                .orElse("none");
    }

    @Test
    void aProgramChangesTheContentAndSeesItDotStuffed() throws Exception {
        var register = List.of("filter|smtp-in|data-line", "filter|smtp-in|commit");
        try (var program =
                program(
                        register,
                        line ->
                                line.contains("|Received: ")
                                        ? List.of(
                                                "filter-dataline|SID|TOKEN|X-Checked: yes",
                                                passing(line).getFirst())
                                        : passing(line))) {
            plays(
                    "F: filter it proc-exec \"x\"\n"
                            + MAIL
                            + "S: 250 2.0.0 a1b2c3d4 Message accepted for delivery\n"
                            + BYE
                            + QUEUED
                            + "Q: | X-Checked: yes\n"
                            + RECEIVED
                            + "Q: | Subject: hi\nQ: |\nQ: | .dot\n");
            assertHeard(
                    program,
                    """
                    filter data-line|S|Received: from client.example.net (client.example.net [192.0.2.10])
                    filter data-line|S|\tby mx.example.org (Postern) with SMTP id a1b2c3d4
                    filter data-line|S|\tfor <dave@example.org>;
                    filter data-line|S|\tTue, 4 Mar 2025 10:11:12 +0000 (UTC)
                    filter data-line|S|Subject: hi
                    filter data-line|S|
                    filter data-line|S|..dot
                    filter data-line|S|.
                    filter commit|S|""");
        }
    }

    @Test
    void whatOneProgramGivesIsWhatTheNextIsGiven() throws Exception {
        var register = List.of("filter|smtp-in|data-line");
        try (var _ =
                        new FakeProgram(
                                root,
                                "a",
                                register,
                                line -> List.of(passing(line).getFirst().replace("hi", "hello")));
                var _ =
                        new FakeProgram(
                                root,
                                "b",
                                register,
                                line ->
                                        List.of(
                                                passing(line)
                                                        .getFirst()
                                                        .replace("hello", "hello you")))) {
            plays(
                    """
                    F: filter a proc-exec "x"
                    F: filter b proc-exec "x"
                    F: filter it chain { a, b }
                    """
                            + MAIL
                            + "S: 250 2.0.0 a1b2c3d4 Message accepted for delivery\n"
                            + BYE
                            + QUEUED
                            + RECEIVED
                            + "Q: | Subject: hello you\nQ: |\nQ: | .dot\n");
        }
    }

    @Test
    void aProgramRefusesOneRecipientAndIsGivenTheAddressAlone() throws Exception {
        try (var program =
                program(
                        List.of("filter|smtp-in|rcpt-to"),
                        line ->
                                line.endsWith("|trap@example.org")
                                        ? List.of(
                                                "filter-result|SID|TOKEN|reject|550 5.1.1 no such"
                                                        + " user")
                                        : passing(line))) {
            plays(
                    "F: filter it proc-exec \"x\"\n"
                            + HELLO
                            + """
                            C: MAIL FROM:<alice@example.net>
                            S: 250 2.0.0 Ok
                            C: RCPT TO:<@relay.example.net:trap@example.org> NOTIFY=NEVER
                            S: 550 5.1.1 no such user
                            C: RCPT TO:<dave@example.org>
                            S: 250 2.1.5 Destination address valid: Recipient ok
                            """
                            + BYE);
            assertHeard(
                    program,
                    """
                    filter rcpt-to|S|trap@example.org
                    filter rcpt-to|S|dave@example.org""");
        }
    }

    private void refusesTheMessage(String reply, String... atCommit) throws Exception {
        try (var _ =
                program(
                        List.of("filter|smtp-in|commit"),
                        line -> asks(line, "commit") ? List.of(atCommit) : passing(line))) {
            plays("F: filter it proc-exec \"x\"\n" + MAIL + "S: " + reply + "\n");
        }
    }

    @Test
    void aProgramThatDiesHasTheMessageRefusedForNow() throws Exception {
        refusesTheMessage("451 4.3.0 Temporary failure", "DIE");
    }

    @Test
    void anAnswerToWhatWasNotAskedIsNoAnswer() throws Exception {
        refusesTheMessage("451 4.3.0 Temporary failure", "filter-result|SID|1234|proceed");
    }

    @Test
    void linesWhereAVerdictIsDueAreNoAnswer() throws Exception {
        refusesTheMessage("451 4.3.0 Temporary failure", "filter-dataline|SID|TOKEN|x");
    }

    @Test
    void aRewriteAtCommitEndsTheSession() throws Exception {
        refusesTheMessage("421 4.3.0 Internal server error", "filter-result|SID|TOKEN|rewrite|x");
    }

    @Test
    void junkAtCommitEndsTheSession() throws Exception {
        refusesTheMessage("421 4.3.0 Internal server error", "filter-result|SID|TOKEN|junk");
    }

    @Test
    void aReplyThatIsNoneEndsTheSession() throws Exception {
        refusesTheMessage("421 4.3.0 Internal server error", "filter-result|SID|TOKEN|reject|no");
    }

    @Test
    void aContentThatAProgramEndsEarlyEndsThereAndTheRestIsNotTakenForCommands() throws Exception {
        try (var _ =
                program(
                        List.of("filter|smtp-in|data-line"),
                        line ->
                                line.endsWith("|Subject: hi")
                                        ? List.of(
                                                passing(line).getFirst(),
                                                "filter-dataline|SID|TOKEN|.")
                                        : passing(line))) {
            plays(
                    "F: filter it proc-exec \"x\"\n"
                            + MAIL
                            + "S: 250 2.0.0 a1b2c3d4 Message accepted for delivery\n"
                            + BYE
                            + QUEUED
                            + RECEIVED
                            + "Q: | Subject: hi\n");
        }
    }

    @Test
    void aLargeContentComesThroughEvenIfItIsHeldBackUntilItsEnd() throws Exception {
        var line = "x".repeat(1000);
        var content = ("C: " + line + "\n").repeat(1000);
        var held = new java.util.ArrayList<String>();
        try (var _ =
                program(
                        List.of("filter|smtp-in|data-line"),
                        given -> {
                            held.addAll(passing(given));
                            return given.endsWith("|.") ? List.copyOf(held) : List.of();
                        })) {
            plays(
                    "F: filter it proc-exec \"x\"\n"
                            + MAIL.replace("C: ..dot\n", content)
                            + "S: 250 2.0.0 a1b2c3d4 Message accepted for delivery\n"
                            + BYE
                            + QUEUED
                            + RECEIVED
                            + "Q: | Subject: hi\nQ: |\n"
                            + content.replace("C: ", "Q: | "));
        }
    }

    @Test
    void aReportIsToldAndTheChainGoesOn() throws Exception {
        try (var program =
                program(
                        List.of("filter|smtp-in|helo", "report|smtp-in|filter-report"),
                        line ->
                                asks(line, "helo")
                                        ? List.of("filter-result|SID|TOKEN|report|a|b")
                                        : List.of())) {
            plays("F: filter it proc-exec \"x\"\n" + HELLO + BYE);
            assertHeard(
                    program,
                    """
                    filter helo|S|client.example.net
                    report filter-report|S|proc|it|a|b""");
        }
    }

    @Test
    void loginsAreToldAndOnlyTheMechanismIsShown() throws Exception {
        var register =
                List.of(
                        "report|smtp-in|link-auth",
                        "report|smtp-in|protocol-client",
                        "filter|smtp-in|auth");
        try (var program = program(register, FilterProgramsTest::passing)) {
            plays(
                    """
                    K: loopback auth-without-tls auth-optional
                    F: filter it proc-exec "x"
                    S: 220 mx.example.org ESMTP Postern
                    C: EHLO client.example.net
                    S: 250-mx.example.org Hello client.example.net [127.0.0.1], pleased to meet you
                    S: 250 (extensions and AUTH PLAIN LOGIN)
                    C: AUTH PLAIN AGFsaWNlAHdyb25n
                    S: 535 5.7.8 Authentication failed
                    C: AUTH PLAIN AGFsaWNlAHNlY3JldA==
                    S: 235 2.0.0 Authentication succeeded
                    """
                            + BYE);
            assertEquals(
                    """
                    report protocol-client|S|EHLO client.example.net
                    report protocol-client|S|AUTH PLAIN ********
                    filter auth|S|PLAIN
                    report link-auth|S|fail|alice
                    report protocol-client|S|AUTH PLAIN ********
                    filter auth|S|PLAIN
                    report link-auth|S|pass|alice
                    report protocol-client|S|QUIT""",
                    String.join("\n", program.heard(8)));
        }
    }

    @Test
    void withoutItsProgramNoSessionBegins() throws Exception {
        plays("F: filter it proc-exec \"x\"\nS: 421 4.3.0 Temporary failure\n");
    }

    @Test
    void whatMayBeBypassedIsWhileItIsAway() throws Exception {
        plays("F: filter it proc-exec \"x\" bypass\n" + HELLO + BYE);
    }
}
