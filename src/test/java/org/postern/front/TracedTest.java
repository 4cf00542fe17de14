package org.postern.front;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.postern.config.Config;
import org.postern.config.Host;
import org.postern.config.Service;
import org.postern.config.Sources;
import org.postern.dns.Answer;
import org.postern.dns.ClientNames.ClientName;
import org.postern.dns.Exchanger;
import org.postern.dns.Resolver;
import org.postern.front.route.RulesetRouter;
import org.postern.ipc.Accounts;
import org.postern.log.Log;
import org.postern.mail.Mailbox;
import org.postern.mail.MessageFacts;
import org.postern.mail.Origin;
import org.postern.mail.ReversePath;
import org.postern.table.TableSet;

/// What traces show of the rules, of expansion, and of the DNS.
class TracedTest {
    private static final String CONFIG =
            """
            action "home" maildir alias { friends = "bob, carol" }
            match from any for domain "example.org" action "home"
            """;

    private final List<String> lines = new ArrayList<>();
    private final Log log = new Log((_, line) -> lines.add(line));

    private void route(String... subsystems) throws Exception {
        log.speak(Log.Level.INFO, Set.of(subsystems));
        var host = new Host("mx.example.org", List.of());
        var config = Config.parse(Sources.of("smtpd.conf", CONFIG, host));
        var tables = TableSet.open(config, complaint -> {});
        var router =
                new RulesetRouter(
                        tables,
                        _ -> new Accounts.Answer.NoAccount(),
                        java.time.InstantSource.system());
        var origin =
                new Origin(
                        "mx.example.org",
                        "",
                        "192.0.2.1",
                        "client.example",
                        "helo",
                        new Origin.Login.Anonymous(),
                        new Origin.Security.Plain());
        var facts =
                new MessageFacts(origin, new ReversePath.Null(), MessageFacts.DsnReturn.UNSAID, "");
        var _ =
                new TracedRouter(router, config, log)
                        .route(facts, new Mailbox("friends", "example.org"), Set.of(), "");
    }

    @Test
    void whichConditionsAreTestedAndWhatIsDecided() throws Exception {
        route("rules");
        assertTrue(lines.size() > 1, lines + "");
        assertTrue(lines.stream().allMatch(line -> line.startsWith("rules: ")), lines + "");
        assertTrue(lines.getFirst().endsWith("friends@example.org: the rules are asked"));
    }

    @Test
    void whatAliasesMakeOfARecipient() throws Exception {
        route("expand");
        assertTrue(lines.stream().allMatch(line -> line.startsWith("expand: ")), lines + "");
        assertTrue(
                lines.stream().anyMatch(line -> line.contains("friends") && line.contains("bob")),
                lines + "");
    }

    @Test
    void whatTablesAndAccountsAreAskedAndAnswer() throws Exception {
        var host = new Host("mx.example.org", List.of());
        var config =
                Config.parse(
                        Sources.of(
                                "smtpd.conf",
                                "table a { b = \"c, d\" }\n"
                                        + "action \"x\" maildir alias <a>\n"
                                        + "match from any for any action \"x\"\n",
                                host));
        var lookups = new Lookups(log);
        var tables =
                TableSet.openButFor(
                        Set.of(),
                        config,
                        complaint -> {},
                        org.postern.table.Backend.Source.NONE,
                        lookups);
        log.speak(Log.Level.INFO, Set.of("lookup"));
        tables.table("a").lookup(Service.ALIAS, "B");
        tables.table("a").lookup(Service.ALIAS, "z");
        lookups.answered("a", Service.CREDENTIALS, "joe", found("secret"));
        lookups.answered("a", Service.AUTH, "joe:secret", found(""));
        lookups.ofAccounts(_ -> new Accounts.Answer.NoForward()).ask(new Accounts.Of("x", "joe"));
        lookups.ofClients(_ -> new ClientName.Confirmed("a.example"))
                .of(InetAddress.getLoopbackAddress());
        log.speak(Log.Level.INFO, Set.of("rules"));
        tables.table("a").lookup(Service.ALIAS, "b");
        assertEquals(
                List.of(
                        "lookup: table a, alias B: found c, d",
                        "lookup: table a, alias z: absent",
                        "lookup: table a, credentials joe: found",
                        "lookup: table a, auth: found",
                        "lookup: account joe: NoForward",
                        "lookup: name of 127.0.0.1: Confirmed[name=a.example]"),
                lines);
    }

    private static org.postern.table.Answer<String> found(String value) {
        return new org.postern.table.Answer.Found<>(value);
    }

    @Test
    void whatTheDnsIsAskedAndAnswers() {
        log.speak(Log.Level.INFO, Set.of("lookup"));
        var resolver =
                new TracedResolver(
                        new Resolver() {
                            @Override
                            public Answer<Exchanger> exchangers(String domain) {
                                return new Answer.NoData<>();
                            }

                            @Override
                            public Answer<InetAddress> addresses(String host, Family family) {
                                return new Answer.CouldNotLook<>("timeout");
                            }

                            @Override
                            public Answer<String> names(InetAddress address) {
                                return new Answer.Found<>(List.of("a.example"));
                            }

                            @Override
                            public Answer<String> texts(String name) {
                                return new Answer.NoSuchDomain<>();
                            }
                        },
                        log);
        resolver.exchangers("b.example");
        resolver.names(InetAddress.getLoopbackAddress());
        assertEquals(
                List.of(
                        "lookup: MX b.example: NoData[]",
                        "lookup: PTR 127.0.0.1: Found[values=[a.example]]"),
                lines);
    }
}
