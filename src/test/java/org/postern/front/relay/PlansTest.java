package org.postern.front.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.UnixDomainSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.config.Config;
import org.postern.config.Host;
import org.postern.config.Sources;
import org.postern.front.relay.Acquaintance.Kin;
import org.postern.front.relay.Hop.Whereabouts;
import org.postern.front.relay.Plan.Target;
import org.postern.table.TableSet;

/// What the actions of a configuration mean for mail out.
class PlansTest {
    private static final String REST =
            """
            action "any" relay
            match for any action "any"
            """;

    private static Plans plans(String text) throws Exception {
        var host = new Host("here.example", List.of("192.0.2.25", "[2001:db8::25]"));
        var config = Config.parse(Sources.of("smtpd.conf", text + REST, host));
        return new Plans(
                config,
                TableSet.open(config, _ -> {}),
                org.postern.front.filter.Filters.none(),
                () -> java.time.Instant.EPOCH);
    }

    private static String shown(Plan.Answer answer) {
        return switch (answer) {
            case Plan.Answer.Unplanned(var status, var why) -> status + " " + why;
            case Plan.Answer.Planned(var plan) ->
                    plan.helo()
                            + " "
                            + plan.naming()
                            + " "
                            + plan.sources().stream().map(Stop::key).toList()
                            + " "
                            + shown(plan.target());
        };
    }

    private static String shown(Target target) {
        return switch (target) {
            case Target.Exchangers() -> "exchangers";
            case Target.SmartHosts(var hops) ->
                    String.join(" ", hops.stream().map(PlansTest::shown).toList());
        };
    }

    private static String shown(Hop hop) {
        var where =
                switch (hop.where()) {
                    case Whereabouts.At(var addresses) ->
                            addresses.getFirst() instanceof UnixDomainSocketAddress unix
                                    ? unix.getPath().toString()
                                    : addresses.toString();
                    case Whereabouts.Unasked(var port) -> hop.name() + ":" + port;
                };
        return hop.dialect() + "/" + hop.security() + "/" + where;
    }

    @Test
    void aPlainRelayGoesToTheExchangers() throws Exception {
        var plans = plans("action \"out\" relay\n");
        assertEquals("here.example RELAY [] exchangers", shown(plans.plan("out")));
    }

    @Test
    void theActionSaysTheNameAndTheSources() throws Exception {
        var plans =
                plans(
                        "action \"out\" relay helo mx.example src { 192.0.2.1, \"[2001:db8::1]\""
                                + " }\n");
        assertEquals(
                "mx.example RELAY [192.0.2.1, [2001:db8::1]] exchangers", shown(plans.plan("out")));
    }

    @ParameterizedTest
    @CsvSource({
        "smart.example, SMTP/OPPORTUNISTIC/smart.example:25",
        "smtp://smart.example:587, SMTP/OPPORTUNISTIC/smart.example:587",
        "smtp+notls://127.0.0.1:2525, SMTP/NEVER/127.0.0.1:2525",
        "smtp+tls://smart.example, SMTP/STARTTLS/smart.example:25",
        "smtps://smart.example, SMTP/IMPLICIT/smart.example:465",
        "lmtp://store.example:24, LMTP/NEVER/store.example:24"
    })
    void aSmartHostIsARelayUrl(String url, String hop) throws Exception {
        var plans = plans("action \"out\" relay host \"" + url + "\"\n");
        assertEquals("here.example RELAY [] " + hop, shown(plans.plan("out")));
    }

    @Test
    void smartHostsTakeTurnsAndStandInForOneAnother() throws Exception {
        var plans = plans("action \"out\" relay host { a.example, b.example }\n");
        assertEquals(
                "here.example RELAY [] SMTP/OPPORTUNISTIC/a.example:25"
                        + " SMTP/OPPORTUNISTIC/b.example:25",
                shown(plans.plan("out")));
        assertEquals(
                "here.example RELAY [] SMTP/OPPORTUNISTIC/b.example:25"
                        + " SMTP/OPPORTUNISTIC/a.example:25",
                shown(plans.plan("out")));
    }

    @Test
    void lmtpGoesToANeighbour() throws Exception {
        var plans =
                plans(
                        "action \"in\" lmtp \"/run/dovecot/lmtp\"\n"
                                + "action \"box\" lmtp \"127.0.0.1:24\" rcpt-to\n");
        assertEquals(
                "here.example NEIGHBOUR_BY_USER [] LMTP/NEVER//run/dovecot/lmtp",
                shown(plans.plan("in")));
        assertEquals(
                "here.example NEIGHBOUR_BY_MAILBOX [] LMTP/NEVER/127.0.0.1:24",
                shown(plans.plan("box")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gone", "home"})
    void anActionThatDoesNotSendOnDefers(String name) throws Exception {
        var plans = plans("action \"home\" maildir\n");
        assertEquals("4.3.5", shown(plans.plan(name)).substring(0, 5));
    }

    @ParameterizedTest
    @CsvSource({
        "mx.example, 192.0.2.1, STRANGER",
        "mx.example, 192.0.2.25, OURSELVES",
        "mx.example, 2001:db8::25, OURSELVES",
        "Here.Example, 192.0.2.1, OURSELVES",
        "mx.example, 127.9.9.9, NOBODY",
        "mx.example, ::1, NOBODY",
        "mx.example, 0.0.0.0, NOBODY",
        "mx.example, 0.1.2.3, NOBODY",
        "mx.example, 224.0.0.1, NOBODY",
        "localhost, 192.0.2.1, NOBODY"
    })
    void weKnowOurselves(String host, String address, Kin kin) throws Exception {
        var ourselves = new Ourselves(plans("action \"out\" relay\n"));
        assertEquals(kin, ourselves.of(host, InetAddress.getByName(address)));
    }

    @ParameterizedTest
    @CsvSource({
        "Here.Example, true",
        "MX.example, true",
        "mx2.example, true",
        "other.example, false",
        "example, false"
    })
    void ourNamesAreTheServersAndThoseOfItsListeners(String host, boolean ours) throws Exception {
        var ourselves =
                new Ourselves(
                        plans(
                                """
                                action "out" relay
                                listen on 192.0.2.25 hostname mx.example
                                listen on 192.0.2.26 hostname Mx2.Example
                                """));
        assertEquals(ours, ourselves.isOurName(host));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    relay                                | ann@example.net
                    relay mail-from "@new.example"       | ann@new.example
                    relay srs                            | SRS0=....=AA=example.net=ann@b.example
                    relay mail-from "@new.example" srs   | SRS0=....=AA=new.example=ann@b.example
                    """)
    void theSenderIsTheActions(String action, String expected) throws Exception {
        var plans =
                plans(
                        "srs key \"0123456789abcdef\"\naction \"out\" "
                                + action
                                + "\nmatch for any action \"out\"\n");
        if (!(plans.plan("out") instanceof Plan.Answer.Planned(var plan))) {
            throw new AssertionError("no plan");
        }
        var share =
                new org.postern.mail.Share(
                        new org.postern.mail.Mailbox("b", "b.example"),
                        new org.postern.mail.Mailbox("c", "c.example"),
                        "out",
                        new org.postern.mail.Share.Destination.Remote(),
                        java.util.Set.of(),
                        "");
        var sender = plan.senders().of(Mailer.facts().sender(), share).toString();
        assertTrue(sender.matches(expected.replace("+", "[+]")), sender);
    }
}
