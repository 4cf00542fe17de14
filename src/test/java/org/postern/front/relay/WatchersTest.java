package org.postern.front.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postern.config.Config;
import org.postern.config.FilterProcess.Side;
import org.postern.config.Host;
import org.postern.config.Sources;
import org.postern.front.filter.Filters;
import org.postern.front.filter.Programs;
import org.postern.front.relay.Stop.Dialect;
import org.postern.front.relay.Stop.Security;
import org.postern.front.server.FakeProgram;
import org.postern.ipc.Place;
import org.postern.table.TableSet;

/// What filter programs are told of mail out.
class WatchersTest {
    private static final String CONFIG =
            """
            filter "it" proc-exec "x"
            action "out" relay filter "it"
            match for any action "out"
            """;

    private static final String HELLO =
            """
            S: 220 next.example ESMTP
            C: EHLO here.example
            S: 250 next.example
            """;

    private static final String CONNECTED =
            """
            report link-connect|S|<unknown>|pass|127.0.0.1:P|127.0.0.1:P
            """;

    private static final String BEGUN =
            CONNECTED
                    + """
                    report protocol-server|S|220 next.example ESMTP
                    report link-greeting|S|next.example
                    report protocol-client|S|EHLO here.example
                    report link-identify|S|EHLO|here.example
                    report protocol-server|S|250 next.example
                    report protocol-client|S|MAIL FROM:<ann@example.net>
                    """;

    private static final String QUIT =
            """
            report protocol-client|S|QUIT
            report protocol-server|S|221 bye
            report link-disconnect|S
            """;

    @TempDir Path root;

    private void hears(Dialect dialect, String script, String expected) throws Exception {
        hears(Mailer.PATIENT, dialect, script, expected);
    }

    /// Sends one message, and compares what a program hears that wants to hear everything.
    private void hears(Timeouts timeouts, Dialect dialect, String script, String expected)
            throws Exception {
        var host = new Host("here.example", List.of("127.0.0.1"));
        var config = Config.parse(Sources.of("smtpd.conf", CONFIG, host));
        var wanted = List.of("report|smtp-out|*");
        try (var program =
                        new FakeProgram(root, "it", Set.of(Side.SMTP_OUT), wanted, _ -> List.of());
                var programs = new Programs(Place.below(root), _ -> {});
                var peer = ScriptedPeer.plays(script)) {
            var filters = Filters.of(TableSet.open(config, _ -> {}), programs);
            var plan = Mailer.to(dialect, Security.OPPORTUNISTIC, Plan.Naming.RELAY, peer);
            var watched =
                    new Plan(
                            plan.target(),
                            plan.helo(),
                            plan.sources(),
                            plan.naming(),
                            plan.senders(),
                            filters.named("it"));
            var mailer = new Mailer(watched, timeouts, 25);
            mailer.send("Hello.\n", "bob@example.org", "eve@example.org");
            mailer.connections.close();
            peer.played();
            var lines = program.heard((int) expected.lines().count());
            assertEquals(
                    expected,
                    (String.join("\n", lines) + '\n')
                            .replaceAll("127\\.0\\.0\\.1:[0-9]+", "127.0.0.1:P"));
            assertEquals("config|subsystem|smtp-out", program.greeting().get(3));
        }
    }

    @Test
    void aMessageIsToldFromTheConnectionToItsEnd() throws Exception {
        hears(
                Dialect.SMTP,
                HELLO
                        + """
                        C: MAIL FROM:<ann@example.net>
                        S: 250 2.1.0 Ok
                        C: RCPT TO:<bob@example.org>
                        S: 250 2.1.5 Ok
                        C: RCPT TO:<eve@example.org>
                        S: 550 5.1.1 who?
                        C: DATA
                        S: 354 go on
                        C: Hello.
                        C: .
                        S: 250 2.0.0 thanks
                        """,
                BEGUN
                        + """
                        report protocol-server|S|250 2.1.0 Ok
                        report tx-begin|S|00000007
                        report tx-mail|S|00000007|ok|ann@example.net
                        report protocol-client|S|RCPT TO:<bob@example.org>
                        report protocol-server|S|250 2.1.5 Ok
                        report tx-envelope|S|00000007|0000000700000001
                        report tx-rcpt|S|00000007|ok|bob@example.org
                        report protocol-client|S|RCPT TO:<eve@example.org>
                        report protocol-server|S|550 5.1.1 who?
                        report tx-rcpt|S|00000007|permfail|eve@example.org
                        report protocol-client|S|DATA
                        report protocol-server|S|354 go on
                        report tx-data|S|00000007|ok
                        report protocol-client|S|.
                        report protocol-server|S|250 2.0.0 thanks
                        report tx-commit|S|00000007|7
                        report tx-reset|S|00000007
                        """
                        + QUIT);
    }

    @Test
    void aTransactionThatBringsNothingIsRolledBack() throws Exception {
        hears(
                Dialect.SMTP,
                HELLO
                        + """
                        C: MAIL FROM:<ann@example.net>
                        S: 250 2.1.0 Ok
                        C: RCPT TO:<bob@example.org>
                        S: 450 4.2.0 later
                        C: RCPT TO:<eve@example.org>
                        S: 550 5.1.1 who?
                        C: RSET
                        S: 250 2.0.0 Ok
                        """,
                BEGUN
                        + """
                        report protocol-server|S|250 2.1.0 Ok
                        report tx-begin|S|00000007
                        report tx-mail|S|00000007|ok|ann@example.net
                        report protocol-client|S|RCPT TO:<bob@example.org>
                        report protocol-server|S|450 4.2.0 later
                        report tx-rcpt|S|00000007|tempfail|bob@example.org
                        report protocol-client|S|RCPT TO:<eve@example.org>
                        report protocol-server|S|550 5.1.1 who?
                        report tx-rcpt|S|00000007|permfail|eve@example.org
                        report protocol-client|S|RSET
                        report protocol-server|S|250 2.0.0 Ok
                        report tx-rollback|S|00000007
                        report tx-reset|S|00000007
                        """
                        + QUIT);
    }

    @Test
    void aSenderThatIsRefusedBeginsNoTransaction() throws Exception {
        hears(
                Dialect.SMTP,
                HELLO
                        + """
                        C: MAIL FROM:<ann@example.net>
                        S: 550 5.7.1 not you
                        C: RSET
                        S: 250 2.0.0 Ok
                        """,
                BEGUN
                        + """
                        report protocol-server|S|550 5.7.1 not you
                        report protocol-client|S|RSET
                        report protocol-server|S|250 2.0.0 Ok
                        """
                        + QUIT);
    }

    @Test
    void overLmtpOneWhoHasTakenItIsEnough() throws Exception {
        hears(
                Dialect.LMTP,
                """
                S: 220 -- ready
                C: LHLO here.example
                S: 250 next.example
                C: MAIL FROM:<ann@example.net>
                S: 250 Ok
                C: RCPT TO:<bob@example.org>
                S: 250 Ok
                C: RCPT TO:<eve@example.org>
                S: 250 Ok
                C: DATA
                S: 354 go on
                C: Hello.
                C: .
                S: 250 2.0.0 thanks
                S: 550 5.2.2 full
                """,
                CONNECTED
                        + """
                        report protocol-server|S|220 -- ready
                        report link-greeting|S|
                        report protocol-client|S|LHLO here.example
                        report link-identify|S|LHLO|here.example
                        report protocol-server|S|250 next.example
                        report protocol-client|S|MAIL FROM:<ann@example.net>
                        report protocol-server|S|250 Ok
                        report tx-begin|S|00000007
                        report tx-mail|S|00000007|ok|ann@example.net
                        report protocol-client|S|RCPT TO:<bob@example.org>
                        report protocol-server|S|250 Ok
                        report tx-envelope|S|00000007|0000000700000001
                        report tx-rcpt|S|00000007|ok|bob@example.org
                        report protocol-client|S|RCPT TO:<eve@example.org>
                        report protocol-server|S|250 Ok
                        report tx-envelope|S|00000007|0000000700000002
                        report tx-rcpt|S|00000007|ok|eve@example.org
                        report protocol-client|S|DATA
                        report protocol-server|S|354 go on
                        report tx-data|S|00000007|ok
                        report protocol-client|S|.
                        report protocol-server|S|250 2.0.0 thanks
                        report protocol-server|S|550 5.2.2 full
                        report tx-commit|S|00000007|7
                        report tx-reset|S|00000007
                        """
                        + QUIT);
    }

    @Test
    void aHostThatIsSilentIsTold() throws Exception {
        hears(
                Mailer.greetedIn(java.time.Duration.ofMillis(300)),
                Dialect.SMTP,
                "[silence]\n",
                CONNECTED
                        + """
                        report timeout|S
                        report link-disconnect|S
                        """);
    }
}
