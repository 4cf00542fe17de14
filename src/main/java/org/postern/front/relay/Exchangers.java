package org.postern.front.relay;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.postern.dns.Answer;
import org.postern.dns.Exchanger;
import org.postern.dns.Resolver;
import org.postern.dns.Resolver.Family;
import org.postern.front.relay.Acquaintance.Kin;
import org.postern.front.relay.Hop.Whereabouts;
import org.postern.front.relay.Stop.Dialect;
import org.postern.front.relay.Stop.Security;
import org.postern.mail.AddressSyntax;
import org.postern.mail.EnhancedStatus;
import org.postern.mail.Outcome;

/// Finds the hosts that take mail for a domain (RFC 5321 section 5.1), and where hosts are.
///
/// Only what the DNS says for certain fails a message: that the domain does not exist, that it
/// takes no mail (RFC 7505), or that its mail comes back to us. All else is trouble, and trouble
/// waits.
final class Exchangers {
    private static final int MOST_HOSTS = 20;
    private static final int MOST_ADDRESSES = 16;

    private final Resolver resolver;
    private final Acquaintance acquaintance;
    private final int port;

    /// Exchangers at `port`, which is 25 but in tests.
    Exchangers(Resolver resolver, Acquaintance acquaintance, int port) {
        this.resolver = resolver;
        this.acquaintance = acquaintance;
        this.port = port;
    }

    /// The hosts to try for mail to `domain`, the preferred ones first, equals in random order.
    Itinerary of(String domain) {
        if (domain.startsWith("[")) {
            return literal(domain);
        }
        return switch (resolver.exchangers(domain)) {
            case Answer.NoSuchDomain<Exchanger>() ->
                    failed(new EnhancedStatus(5, 1, 2), "Domain does not exist");
            case Answer.CouldNotLook<Exchanger>(var cause) ->
                    deferred(
                            new EnhancedStatus(4, 4, 3),
                            "Temporary failure in MX lookup: " + cause);
            case Answer.NoData<Exchanger>() -> of(List.of(new Exchanger(0, domain)));
            case Answer.Found<Exchanger>(var exchangers) -> {
                var takers = exchangers.stream().filter(e -> !e.host().isEmpty()).toList();
                yield takers.isEmpty()
                        ? failed(new EnhancedStatus(5, 1, 10), "Domain does not accept mail")
                        : of(takers);
            }
        };
    }

    private Itinerary literal(String domain) {
        var address = literalAddress(domain);
        return acquaintance.of(domain, address) == Kin.STRANGER
                ? new Itinerary.Hops(List.of(hop(domain, List.of(address))))
                : loops();
    }

    /// The address inside the brackets.
    static InetAddress literalAddress(String literal) {
        var inner = literal.substring(1, literal.length() - 1);
        var text = inner.regionMatches(true, 0, "IPv6:", 0, 5) ? inner.substring(5) : inner;
        try {
            return InetAddress.getByName(text);
        } catch (java.net.UnknownHostException e) {
            throw new IllegalStateException("not an address literal: " + literal, e);
        }
    }

    /// A mail exchanger with what was found of its addresses.
    private record Located(Exchanger exchanger, List<InetAddress> addresses, String trouble) {}

    private Itinerary of(List<Exchanger> exchangers) {
        var located = locate(preferred(exchangers));
        int ours = ourPreference(located);
        var hops = new ArrayList<Hop>();
        boolean refused = false;
        var trouble = "";
        for (var one : located) {
            if (trouble.isEmpty() && one.exchanger.preference() < ours) {
                trouble = one.trouble;
            }
            var strangers =
                    one.addresses.stream()
                            .filter(a -> kin(one, a) == Kin.STRANGER)
                            .limit(MOST_ADDRESSES)
                            .toList();
            refused |= strangers.size() < one.addresses.size();
            if (!strangers.isEmpty() && one.exchanger.preference() < ours) {
                hops.add(hop(one.exchanger.host(), strangers));
            }
        }
        if (!hops.isEmpty()) {
            return new Itinerary.Hops(hops);
        }
        if (!trouble.isEmpty()) {
            return deferred(
                    new EnhancedStatus(4, 4, 3), "Temporary failure in MX lookup: " + trouble);
        }
        return refused || ours != Integer.MAX_VALUE
                ? loops()
                : deferred(new EnhancedStatus(4, 4, 4), "No MX found for domain");
    }

    private static List<Exchanger> preferred(List<Exchanger> exchangers) {
        var sorted = new ArrayList<>(exchangers);
        Collections.shuffle(sorted);
        sorted.sort(Comparator.comparingInt(Exchanger::preference));
        return sorted.subList(0, Math.min(MOST_HOSTS, sorted.size()));
    }

    /// The best preference among those that are ourselves, by name or by address: a name of ours
    /// counts without an address too, and whatever it is.
    private int ourPreference(List<Located> located) {
        int ours = Integer.MAX_VALUE;
        for (var one : located) {
            if (acquaintance.isOurName(one.exchanger.host())
                    || one.addresses.stream().anyMatch(a -> kin(one, a) == Kin.OURSELVES)) {
                ours = Math.min(ours, one.exchanger.preference());
            }
        }
        return ours;
    }

    private Kin kin(Located one, InetAddress address) {
        return acquaintance.of(one.exchanger.host(), address);
    }

    /// Looks for all addresses at the same time: a host whose DNS is dead holds up no other.
    private List<Located> locate(List<Exchanger> exchangers) {
        var tasks = new ArrayList<FutureTask<Located>>();
        for (var exchanger : exchangers) {
            var task = new FutureTask<>(() -> locate(exchanger));
            tasks.add(task);
            if (exchangers.size() == 1) {
                task.run();
            } else {
                Thread.ofVirtual().name("locate").start(task);
            }
        }
        var located = new ArrayList<Located>();
        for (int i = 0; i < tasks.size(); i++) {
            try {
                located.add(tasks.get(i).get());
            } catch (ExecutionException e) {
                throw new IllegalStateException("cannot locate " + exchangers.get(i), e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                located.add(new Located(exchangers.get(i), List.of(), "interrupted"));
            }
        }
        return located;
    }

    private Located locate(Exchanger exchanger) {
        return switch (addresses(exchanger.host())) {
            case Answer.Found<InetAddress>(var addresses) -> new Located(exchanger, addresses, "");
            case Answer.NoSuchDomain<InetAddress>(), Answer.NoData<InetAddress>() ->
                    new Located(exchanger, List.of(), "");
            case Answer.CouldNotLook<InetAddress>(var cause) ->
                    new Located(exchanger, List.of(), cause);
        };
    }

    /// The addresses of `host` in both families, taking turns so that a family which does not work
    /// costs one attempt and not many; IPv6 begins.
    Answer<InetAddress> addresses(String host) {
        if (host.startsWith("[")) {
            return new Answer.Found<>(List.of(literalAddress(host)));
        }
        if (AddressSyntax.isInet4(host) || AddressSyntax.isInet6(host)) {
            return new Answer.Found<>(List.of(literalAddress("[" + host + "]")));
        }
        var six = resolver.addresses(host, Family.INET6);
        var four = resolver.addresses(host, Family.INET4);
        var sixes = found(six);
        var fours = found(four);
        var both = new ArrayList<InetAddress>();
        for (int i = 0; i < Math.max(sixes.size(), fours.size()); i++) {
            if (i < sixes.size()) {
                both.add(sixes.get(i));
            }
            if (i < fours.size()) {
                both.add(fours.get(i));
            }
        }
        if (!both.isEmpty()) {
            return new Answer.Found<>(both);
        }
        return six instanceof Answer.CouldNotLook<InetAddress> ? six : four;
    }

    private static List<InetAddress> found(Answer<InetAddress> answer) {
        return answer instanceof Answer.Found<InetAddress>(var addresses) ? addresses : List.of();
    }

    private Hop hop(String host, List<InetAddress> addresses) {
        List<SocketAddress> at =
                addresses.stream()
                        .map(address -> (SocketAddress) new InetSocketAddress(address, port))
                        .toList();
        return new Hop(host, new Whereabouts.At(at), Dialect.SMTP, Security.OPPORTUNISTIC);
    }

    private static Itinerary loops() {
        return failed(new EnhancedStatus(5, 4, 6), "mail loops back to myself");
    }

    private static Itinerary failed(EnhancedStatus status, String text) {
        return new Itinerary.DeadEnd(new Outcome.Failed(status, text, ""));
    }

    private static Itinerary deferred(EnhancedStatus status, String text) {
        return new Itinerary.DeadEnd(new Outcome.Deferred(status, text, ""));
    }
}
