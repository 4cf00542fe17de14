package org.postern.dns;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.postern.dns.AnswerCache.Question;
import org.postern.mail.AddressSyntax;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.PTRRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.ReverseMap;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/// The resolver of the room: asks recursive servers in turn, over UDP with EDNS and over TCP where
/// an answer is too long, and remembers what they say.
///
/// Must not be interrupted in its first question: the thread of the DNS library is born in it. So
/// the first question is asked when the resolver is opened.
public final class DnsResolver implements Resolver {
    /// How long each server is waited for, round after round; what all rounds come to is the
    /// longest a question can take.
    ///
    /// @param total the end of all patience, however many servers there are
    public record Patience(List<Duration> rounds, Duration total) {
        /// 2, 4 and 8 seconds, 20 in all.
        public static final Patience USUAL =
                new Patience(
                        List.of(
                                Duration.ofSeconds(2),
                                Duration.ofSeconds(4),
                                Duration.ofSeconds(8)),
                        Duration.ofSeconds(20));

        public Patience {
            rounds = List.copyOf(rounds);
        }
    }

    private static final int CACHED_ANSWERS = 20_000;
    private static final int LONGEST_CHAIN = 8;

    private final List<List<SimpleResolver>> rounds;
    private final Patience patience;
    private final Hosts hosts;
    private final AnswerCache cache;
    private final Executor executor = task -> Thread.ofVirtual().name("dns answer").start(task);

    private DnsResolver(NameServers servers, Patience patience, Hosts hosts, InstantSource clock) {
        this.patience = patience;
        this.hosts = hosts;
        this.cache = new AnswerCache(CACHED_ANSWERS, clock);
        this.rounds =
                patience.rounds.stream()
                        .map(time -> servers.addresses().stream().map(s -> to(s, time)).toList())
                        .toList();
    }

    private static SimpleResolver to(InetSocketAddress server, Duration time) {
        var resolver = new SimpleResolver(server);
        resolver.setTimeout(time);
        return resolver;
    }

    /// A resolver that asks the servers of `root/etc/resolv.conf`, or of `/etc/resolv.conf`, and
    /// knows the hosts of `root/etc/hosts`, or of `/etc/hosts`.
    public static DnsResolver under(Path root, InstantSource clock) throws IOException {
        var own = root.resolve("etc/hosts");
        var hosts = Hosts.read(Files.isReadable(own) ? own : Path.of("/etc/hosts"));
        return new DnsResolver(NameServers.under(root), Patience.USUAL, hosts, clock).warm();
    }

    /// A resolver that asks `servers`, and knows only `localhost` by itself.
    public static DnsResolver asking(NameServers servers, Patience patience, InstantSource clock) {
        return new DnsResolver(servers, patience, Hosts.parse(""), clock).warm();
    }

    /// Asks a first question, on the thread of whoever opens the resolver, and waits for no answer.
    private DnsResolver warm() {
        var query = Message.newQuery(Record.newRecord(Name.root, Type.NS, DClass.IN));
        var _ = rounds.getFirst().getFirst().sendAsync(query, executor);
        return this;
    }

    @Override
    public Answer<Exchanger> exchangers(String domain) {
        return look(domain, Type.MX, MXRecord.class)
                .map(mx -> new Exchanger(mx.getPriority(), text(mx.getTarget())));
    }

    @Override
    public Answer<InetAddress> addresses(String host, Family family) {
        var known = hosts.addresses(host, family);
        if (known.isPresent()) {
            return known.get().isEmpty() ? new Answer.NoData<>() : new Answer.Found<>(known.get());
        }
        if (AddressSyntax.fold(host).endsWith(".localhost")) {
            return addresses("localhost", family);
        }
        return switch (family) {
            case INET4 -> look(host, Type.A, ARecord.class).map(DnsResolver::bare);
            case INET6 -> look(host, Type.AAAA, AAAARecord.class).map(DnsResolver::bare);
        };
    }

    /// The address alone: the library adds the name it was found under, which would be compared.
    private static InetAddress bare(ARecord record) {
        return bare(record.getAddress());
    }

    private static InetAddress bare(AAAARecord record) {
        return bare(record.getAddress());
    }

    private static InetAddress bare(InetAddress address) {
        try {
            return InetAddress.getByAddress(address.getAddress());
        } catch (java.net.UnknownHostException e) {
            throw new IllegalStateException("an address of a length that none has", e);
        }
    }

    @Override
    public Answer<String> names(InetAddress address) {
        var known = hosts.name(address);
        if (known.isPresent()) {
            return new Answer.Found<>(List.of(known.get()));
        }
        return look(ReverseMap.fromAddress(address), Type.PTR, PTRRecord.class)
                .map(ptr -> text(ptr.getTarget()));
    }

    @Override
    public Answer<String> texts(String name) {
        return look(name, Type.TXT, TXTRecord.class).map(DnsResolver::joined);
    }

    private static String joined(TXTRecord record) {
        var text = new StringBuilder();
        for (var part : record.getStringsAsByteArrays()) {
            text.append(new String(part, StandardCharsets.ISO_8859_1));
        }
        return text.toString();
    }

    /// In small letters: the case of a name says nothing, and compression mixes it.
    private static String text(Name name) {
        return name.equals(Name.root) ? "" : AddressSyntax.fold(name.toString(true));
    }

    /// An answer whose records are known to be of one class.
    private record Typed<R extends Record>(Answer<Record> answer, Class<R> type) {
        <T> Answer<T> map(Function<R, T> value) {
            return switch (answer) {
                case Answer.Found<Record>(var records) ->
                        new Answer.Found<>(records.stream().map(type::cast).map(value).toList());
                case Answer.NoSuchDomain<Record>() -> new Answer.NoSuchDomain<>();
                case Answer.NoData<Record>() -> new Answer.NoData<>();
                case Answer.CouldNotLook<Record>(var cause) -> new Answer.CouldNotLook<>(cause);
            };
        }
    }

    private <R extends Record> Typed<R> look(String name, int type, Class<R> as) {
        if (!AddressSyntax.isHostName(name)) {
            return new Typed<>(new Answer.NoSuchDomain<>(), as);
        }
        try {
            return look(Name.fromString(name, Name.root), type, as);
        } catch (TextParseException e) {
            return new Typed<>(new Answer.NoSuchDomain<>(), as);
        }
    }

    private <R extends Record> Typed<R> look(Name name, int type, Class<R> as) {
        var question = new Question(AddressSyntax.fold(name.toString()), type);
        var known = cache.find(question);
        if (known.isPresent()) {
            return new Typed<>(known.get(), as);
        }
        var chain = new Chain(name, type, as);
        var answer = chain.follow();
        cache.keep(question, answer, Duration.ofSeconds(chain.ttl));
        return new Typed<>(answer, as);
    }

    /// One question with the aliases that its answer may lead through.
    private final class Chain {
        private final int type;
        private final Class<? extends Record> as;
        private final long end = System.nanoTime() + patience.total.toNanos();
        private Name name;
        private long ttl = Integer.MAX_VALUE;

        Chain(Name name, int type, Class<? extends Record> as) {
            this.name = name;
            this.type = type;
            this.as = as;
        }

        Answer<Record> follow() {
            for (int hops = 0; hops < LONGEST_CHAIN; hops++) {
                var asked = name;
                var answer =
                        switch (ask(name, type, end)) {
                            case Heard.Silence(var cause) -> new Answer.CouldNotLook<Record>(cause);
                            case Heard.Reply(var message) -> read(message);
                        };
                if (!(answer instanceof Answer.NoData<Record>) || asked.equals(name)) {
                    return answer;
                }
            }
            return new Answer.CouldNotLook<>("an endless chain of aliases");
        }

        /// What `message` says of the name; moves the name along the aliases that it holds.
        private Answer<Record> read(Message message) {
            var all = message.getSection(org.xbill.DNS.Section.ANSWER);
            for (int hops = 0; hops < LONGEST_CHAIN; hops++) {
                var found = new ArrayList<Record>();
                Name next = name;
                for (var record : all) {
                    if (record.getDClass() != DClass.IN || !record.getName().equals(name)) {
                        continue;
                    }
                    if (record.getType() == type && as.isInstance(record)) {
                        ttl = Math.min(ttl, record.getTTL());
                        found.add(record);
                    } else if (record instanceof org.xbill.DNS.CNAMERecord alias) {
                        ttl = Math.min(ttl, record.getTTL());
                        next = alias.getTarget();
                    }
                }
                if (!found.isEmpty()) {
                    return new Answer.Found<>(found);
                }
                if (next.equals(name)) {
                    break;
                }
                name = next;
            }
            ttl = Math.min(ttl, negativeTtl(message));
            return message.getRcode() == Rcode.NXDOMAIN
                    ? new Answer.NoSuchDomain<>()
                    : new Answer.NoData<>();
        }
    }

    /// How long it may be believed that something is not there (RFC 2308 section 5).
    private static long negativeTtl(Message message) {
        for (var record : message.getSection(org.xbill.DNS.Section.AUTHORITY)) {
            if (record instanceof org.xbill.DNS.SOARecord soa) {
                return Math.min(soa.getTTL(), soa.getMinimum());
            }
        }
        return 0;
    }

    /// What came of sending a question.
    private sealed interface Heard {
        record Reply(Message message) implements Heard {}

        record Silence(String cause) implements Heard {}
    }

    /// Asks each server in turn, more patiently each round, until one answers the question.
    private Heard ask(Name name, int type, long end) {
        Heard last = new Heard.Silence("timeout");
        for (int round = 0; round < rounds.size(); round++) {
            for (var server : rounds.get(round)) {
                long left = end - System.nanoTime();
                if (left <= 0 || Thread.currentThread().isInterrupted()) {
                    return new Heard.Silence("timeout");
                }
                long time = Math.min(left, patience.rounds.get(round).toNanos());
                last =
                        askOne(
                                server,
                                Message.newQuery(Record.newRecord(name, type, DClass.IN)),
                                time);
                if (last instanceof Heard.Reply) {
                    return last;
                }
            }
        }
        return last;
    }

    private Heard askOne(SimpleResolver server, Message query, long nanos) {
        try {
            var reply =
                    server.sendAsync(query, executor)
                            .toCompletableFuture()
                            .get(nanos, TimeUnit.NANOSECONDS);
            int code = reply.getRcode();
            boolean usable = code == Rcode.NOERROR || code == Rcode.NXDOMAIN;
            if (usable && reply.getHeader().getFlag(Flags.QR)) {
                return new Heard.Reply(reply);
            }
            return new Heard.Silence(Rcode.string(code));
        } catch (TimeoutException e) {
            return new Heard.Silence("timeout");
        } catch (ExecutionException e) {
            var cause = e.getCause();
            var text = cause == null || cause.getMessage() == null ? "" : cause.getMessage();
            return new Heard.Silence(text.startsWith("Timed out") ? "timeout" : "error: " + text);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Heard.Silence("interrupted");
        }
    }
}
