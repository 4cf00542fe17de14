package org.postern.front.relay;

import java.net.InetAddress;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.postern.config.Config;
import org.postern.dns.Answer;
import org.postern.dns.Exchanger;
import org.postern.dns.Resolver;
import org.postern.front.filter.Filters;
import org.postern.front.relay.Acquaintance.Kin;
import org.postern.front.relay.Hop.Whereabouts;
import org.postern.front.relay.Plan.Naming;
import org.postern.front.relay.Plan.Target;
import org.postern.front.relay.Stop.Dialect;
import org.postern.front.relay.Stop.Security;
import org.postern.ipc.Conversation;
import org.postern.ipc.Deadlines;
import org.postern.ipc.Work;
import org.postern.log.Log;
import org.postern.mail.Chunk;
import org.postern.mail.Envelope;
import org.postern.mail.EnvelopeId;
import org.postern.mail.Mailbox;
import org.postern.mail.MessageFacts;
import org.postern.mail.MessageId;
import org.postern.mail.Origin;
import org.postern.mail.ReversePath;
import org.postern.mail.SessionId;
import org.postern.mail.Share;
import org.postern.table.TableSet;
import org.postern.tls.Outbound;

/// Mail out without a queue, for the dialogues.
final class Mailer {
    private static final Duration LONG = Duration.ofMinutes(5);

    /// For hosts that answer, however slow the machine is.
    static final Timeouts PATIENT = greetedIn(LONG);

    private static final Deadlines DEADLINES = new Deadlines();

    final List<String> log = Collections.synchronizedList(new ArrayList<>());
    final Kit kit;
    final Connections connections;
    final Courier courier;
    final FakeResolver resolver = new FakeResolver();

    Mailer(Plan plan) {
        this(plan, PATIENT, 25);
    }

    Mailer(Plan plan, Timeouts timeouts, int port) {
        this(plan, timeouts, port, InstantSource.system(), Outbound.create());
    }

    /// A mailer whose TLS is this one.
    Mailer(Plan plan, Outbound tls) {
        this(plan, PATIENT, 25, InstantSource.system(), tls);
    }

    Mailer(Plan plan, Timeouts timeouts, int port, InstantSource clock) {
        this(plan, timeouts, port, clock, Outbound.create());
    }

    private Mailer(Plan plan, Timeouts timeouts, int port, InstantSource clock, Outbound tls) {
        this.kit = kit(new Log((_, line) -> log.add(line)), resolver, timeouts, clock, tls);
        this.connections = new Connections(kit);
        this.courier =
                new Courier(
                        kit,
                        new Fixed(plan),
                        new Exchangers(resolver, (_, _) -> Kin.STRANGER, port),
                        connections);
    }

    /// For a host that does not greet within `greeting`.
    static Timeouts greetedIn(Duration greeting) {
        return new Timeouts(
                LONG,
                greeting,
                LONG,
                LONG,
                LONG,
                LONG,
                LONG,
                Duration.ofSeconds(60),
                LONG,
                LONG,
                LONG);
    }

    static Kit kit(Log log, Resolver resolver, Timeouts timeouts, InstantSource clock) {
        return kit(log, resolver, timeouts, clock, Outbound.create());
    }

    private static Kit kit(
            Log log, Resolver resolver, Timeouts timeouts, InstantSource clock, Outbound tls) {
        return new Kit(
                log,
                DEADLINES,
                clock,
                timeouts,
                tls,
                new HostNames(resolver),
                new SessionId.Source());
    }

    /// The same plan for every action.
    record Fixed(Plan plan) implements Planner {
        @Override
        public Plan.Answer plan(String name) {
            return new Plan.Answer.Planned(plan);
        }

        @Override
        public void reload(Config config, TableSet tables, Filters filters) {}
    }

    static Plan to(ScriptedPeer... peers) {
        return to(Dialect.SMTP, Security.OPPORTUNISTIC, Naming.RELAY, peers);
    }

    static Plan to(Dialect dialect, Security security, Naming naming, ScriptedPeer... peers) {
        var hops = new ArrayList<Hop>();
        for (var peer : peers) {
            List<SocketAddress> at = List.of(peer.address());
            hops.add(new Hop("next.example", new Whereabouts.At(at), dialect, security));
        }
        return new Plan(new Target.SmartHosts(hops), "here.example", List.of(), naming);
    }

    static Plan byExchangers() {
        return new Plan(new Target.Exchangers(), "here.example", List.of(), Naming.RELAY);
    }

    /// Sends `content` to `recipients`, and shows what came of each: `alice@example.org: ok TEXT`.
    String send(String content, String... recipients) throws Exception {
        var envelopes = new ArrayList<Envelope>();
        for (int i = 0; i < recipients.length; i++) {
            envelopes.add(envelope(i + 1, recipients[i]));
        }
        return send(content, envelopes);
    }

    String send(String content, List<Envelope> envelopes) throws Exception {
        return shown(envelopes, results(content, envelopes));
    }

    List<Work.Result> results(String content, List<Envelope> envelopes) throws Exception {
        try (var nobody = SocketChannel.open()) {
            var queue = new Conversation<>(nobody, Work.frames(), Work.assignments(), DEADLINES);
            var work =
                    new Work.Assignment.Try(envelopes, new Work.Content.Inline(Chunk.of(content)));
            return courier.carry(work, queue);
        }
    }

    static String shown(List<Envelope> envelopes, List<Work.Result> results) {
        var byId = new HashMap<EnvelopeId, Work.Result>();
        results.forEach(result -> byId.put(result.envelope(), result));
        var text = new StringBuilder();
        for (var envelope : envelopes) {
            var outcome = byId.get(envelope.id()).outcome();
            text.append(envelope.share().recipient())
                    .append(' ')
                    .append(outcome.getClass().getSimpleName())
                    .append(' ')
                    .append(outcome.status())
                    .append(": ")
                    .append(outcome.text())
                    .append('\n');
        }
        return text.toString();
    }

    static Envelope envelope(int number, String recipient) {
        return envelope(number, recipient, new Share.Destination.Remote(), Set.of(), "", facts());
    }

    static MessageFacts facts() {
        return new MessageFacts(
                new Origin(
                        "here.example",
                        "",
                        "local",
                        "localhost",
                        "",
                        new Origin.Login.Anonymous(),
                        new Origin.Security.Plain()),
                new ReversePath.Sender(new Mailbox("ann", "example.net")),
                MessageFacts.DsnReturn.UNSAID,
                "");
    }

    static Envelope envelope(
            int number,
            String recipient,
            Share.Destination destination,
            Set<Share.Notify> notify,
            String original,
            MessageFacts facts) {
        var mailbox = Mailbox.parse(recipient).orElseThrow();
        return new Envelope(
                EnvelopeId.of(new MessageId(7), number),
                facts,
                new Share(mailbox, mailbox, "out", destination, notify, original),
                Instant.now(),
                new Envelope.Progress.Untried());
    }

    /// A DNS of a few lines.
    static final class FakeResolver implements Resolver {
        final Map<String, Answer<Exchanger>> exchangers = new HashMap<>();
        final Map<String, Answer<InetAddress>> hosts = new HashMap<>();

        FakeResolver mx(String domain, String... preferencesAndHosts) {
            var all = new ArrayList<Exchanger>();
            for (var one : preferencesAndHosts) {
                var words = one.split(" ", 2);
                all.add(new Exchanger(Integer.parseInt(words[0]), words[1]));
            }
            exchangers.put(domain, new Answer.Found<>(all));
            return this;
        }

        FakeResolver host(String name, String... addresses) throws Exception {
            var all = new ArrayList<InetAddress>();
            for (var address : addresses) {
                all.add(InetAddress.getByName(address));
            }
            hosts.put(name, new Answer.Found<>(all));
            return this;
        }

        @Override
        public Answer<Exchanger> exchangers(String domain) {
            return exchangers.getOrDefault(domain, new Answer.NoSuchDomain<>());
        }

        @Override
        public Answer<InetAddress> addresses(String host, Family family) {
            return switch (hosts.getOrDefault(host, new Answer.NoSuchDomain<>())) {
                case Answer.Found<InetAddress>(var all) -> {
                    var some = all.stream().filter(a -> Family.of(a) == family).toList();
                    yield some.isEmpty() ? new Answer.NoData<>() : new Answer.Found<>(some);
                }
                case Answer.NoSuchDomain<InetAddress> none -> none;
                case Answer.NoData<InetAddress> none -> none;
                case Answer.CouldNotLook<InetAddress> trouble -> trouble;
            };
        }

        @Override
        public Answer<String> names(InetAddress address) {
            return new Answer.NoData<>();
        }

        @Override
        public Answer<String> texts(String name) {
            return new Answer.NoData<>();
        }
    }
}
