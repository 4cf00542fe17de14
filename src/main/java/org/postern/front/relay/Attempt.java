package org.postern.front.relay;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.postern.dns.Answer;
import org.postern.dns.Resolver.Family;
import org.postern.front.relay.Connections.Age;
import org.postern.front.relay.Connections.Lease;
import org.postern.front.relay.DeliveryLog.Trail;
import org.postern.front.relay.Hop.Whereabouts;
import org.postern.front.relay.Opening.Fault;
import org.postern.front.relay.Parcel.Addressee;
import org.postern.front.relay.Parcel.Demand;
import org.postern.front.relay.Plan.Naming;
import org.postern.front.relay.Plan.Target;
import org.postern.front.relay.Verdict.Stage;
import org.postern.ipc.Work;
import org.postern.mail.Carriage;
import org.postern.mail.EnhancedStatus;
import org.postern.mail.Envelope;
import org.postern.mail.Idna;
import org.postern.mail.Outcome;
import org.postern.mail.Outcome.Onward;
import org.postern.mail.ReversePath;
import org.postern.mail.Share.Destination;
import org.postern.mail.Urgency;

/// One attempt: walks all hosts and all their addresses, in order, until every recipient has its
/// answer or there is nowhere left to go. A recipient is only ever tried at another host while the
/// end of the content has not been sent for it. Belongs to one thread.
final class Attempt {
    /// How many messages one session may carry to a mail exchanger, and to a host of our own
    /// choice.
    private static final int MOST_TO_EXCHANGER = 100;

    private static final int MOST_TO_SMART_HOST = 1000;

    private static final EnhancedStatus REQUIRED = new EnhancedStatus(5, 7, 30);

    private static final Outcome NO_TLS =
            new Outcome.Failed(REQUIRED, "TLS is required, and the next hop may not use it", "");

    private static final Outcome NO_TLS_BY_DNS =
            new Outcome.Failed(
                    REQUIRED,
                    "TLS is required, and who takes mail for the domain cannot be verified",
                    "");

    private final Kit kit;
    private final Connections connections;
    private final Exchangers exchangers;
    private final DeliveryLog deliveryLog;
    private final Plan plan;
    private final List<Envelope> envelopes;
    private final Load load;
    private final String relayName;
    private final Instant end;
    private final List<Addressee> pending = new ArrayList<>();
    private final Map<Envelope, Said> said = new HashMap<>();
    private final List<Work.Result> results = new ArrayList<>();
    private Outcome trouble =
            new Outcome.Deferred(new EnhancedStatus(4, 4, 4), "No valid route to destination", "");
    private boolean tried;

    /// How often a next hop was lost in the middle of the content.
    private int broken;

    /// What was last said to an envelope that may still be tried elsewhere, and where.
    private record Said(Outcome outcome, Trail trail) {}

    Attempt(
            Kit kit,
            Connections connections,
            Exchangers exchangers,
            DeliveryLog deliveryLog,
            Plan plan,
            List<Envelope> envelopes,
            Load load) {
        this.kit = kit;
        this.connections = connections;
        this.exchangers = exchangers;
        this.deliveryLog = deliveryLog;
        this.plan = plan;
        this.envelopes = envelopes;
        this.load = load;
        this.end = kit.clock().instant().plus(kit.timeouts().attempt());
        this.relayName =
                switch (plan.target()) {
                    case Target.Exchangers() -> domain();
                    case Target.SmartHosts(var hops) -> hops.getFirst().name();
                };
    }

    private String domain() {
        return envelopes.getFirst().share().recipient().domain();
    }

    /// Makes the attempt.
    ///
    /// @return one result for each envelope
    /// @throws IOException if the queue fails while the content is fetched
    List<Work.Result> run() throws IOException, InterruptedException {
        envelopes.forEach(this::address);
        if (!pending.isEmpty()) {
            switch (itinerary()) {
                case Itinerary.DeadEnd(var outcome) -> settleAll(outcome);
                case Itinerary.Hops(var hops) -> travel(secured(hops));
            }
        }
        return List.copyOf(results);
    }

    /// What the message demands of the next hop; nothing of a neighbour that delivers for us.
    private Demand demand() {
        boolean tls = envelopes.getFirst().message().carriage().needs(Carriage.Need.TLS);
        return tls && !plan.naming().isNeighbour() ? Demand.TLS : Demand.NOTHING;
    }

    /// The hops, approached as the message demands; those that are never approached by TLS are left
    /// out.
    private List<Hop> secured(List<Hop> hops) {
        return switch (demand()) {
            case NOTHING -> hops;
            case TLS -> {
                trouble = NO_TLS;
                yield hops.stream().flatMap(hop -> hop.overTls().stream()).toList();
            }
        };
    }

    private Itinerary itinerary() {
        return switch (plan.target()) {
            case Target.Exchangers() ->
                    // The DNS is not authenticated: anybody may have named these hosts.
                    demand() == Demand.TLS
                            ? new Itinerary.DeadEnd(NO_TLS_BY_DNS)
                            : exchangers.of(domain());
            case Target.SmartHosts(var hops) -> new Itinerary.Hops(hops);
        };
    }

    private void address(Envelope envelope) {
        var share = envelope.share();
        var path =
                plan.naming() == Naming.NEIGHBOUR_BY_USER
                                && share.destination() instanceof Destination.Account(var user, _)
                        ? user
                        : share.recipient().toString();
        if (path.isEmpty()
                || !path.chars().allMatch(c -> c > ' ' && c != 127 && c != '<' && c != '>')) {
            settle(
                    envelope,
                    new Outcome.Failed(
                            new EnhancedStatus(5, 1, 3),
                            "this user cannot be named in a mail transaction",
                            ""),
                    Trail.nowhere(relayName));
        } else {
            pending.add(new Addressee(envelope, path));
        }
    }

    private void travel(List<Hop> hops) throws IOException, InterruptedException {
        for (var hop : hops) {
            for (var address : addresses(hop)) {
                if (isOver()) {
                    break;
                }
                visit(hop.at(address));
            }
        }
        for (var addressee : List.copyOf(pending)) {
            var last = said.get(addressee.envelope());
            if (last == null || (mayGetBetter() && isForWantOfTls(last.outcome))) {
                settle(addressee.envelope(), trouble, Trail.nowhere(relayName));
            } else {
                settle(addressee.envelope(), last.outcome, last.trail);
            }
        }
    }

    private static boolean isForWantOfTls(Outcome outcome) {
        return outcome instanceof Outcome.Failed(var status, _, _) && status.equals(REQUIRED);
    }

    /// Could a hop that was not reached take a message that demands TLS later?
    private boolean mayGetBetter() {
        return demand() == Demand.TLS && trouble instanceof Outcome.Deferred;
    }

    private boolean isOver() {
        return pending.isEmpty() || (tried && !kit.clock().instant().isBefore(end));
    }

    private List<SocketAddress> addresses(Hop hop) {
        if (isOver()) {
            return List.of();
        }
        return switch (hop.where()) {
            case Whereabouts.At(var addresses) -> addresses;
            case Whereabouts.Unasked(int port) ->
                    switch (exchangers.addresses(hop.name())) {
                        case Answer.Found<InetAddress>(var found) -> at(found, port);
                        case Answer.NoSuchDomain<InetAddress>(), Answer.NoData<InetAddress>() ->
                                notFound("Host not found");
                        case Answer.CouldNotLook<InetAddress>(var cause) ->
                                notFound("Temporary failure in address lookup: " + cause);
                    };
        };
    }

    private static List<SocketAddress> at(List<InetAddress> addresses, int port) {
        return addresses.stream()
                .map(address -> (SocketAddress) new InetSocketAddress(address, port))
                .toList();
    }

    private List<SocketAddress> notFound(String text) {
        trouble = new Outcome.Deferred(new EnhancedStatus(4, 4, 4), text, "");
        return List.of();
    }

    /// Tries one address; a kept session that has gone stale is replaced at once.
    private void visit(Stop stop) throws IOException, InterruptedException {
        var source = source(stop);
        if (source.isEmpty()) {
            return;
        }
        var route = new Route(source.get(), stop, plan.helo(), plan.watchers());
        boolean again = true;
        while (again) {
            again =
                    switch (connections.lease(route)) {
                        case Lease.LeftAlone(var why) -> {
                            leftAlone(stop, why);
                            yield false;
                        }
                        case Lease.Denied(var fault, var why) -> {
                            denied(stop, fault, why);
                            yield false;
                        }
                        case Lease.Granted(var session, var age) -> hand(route, session, age);
                    };
        }
    }

    /// The source for an address, of the same family; empty if there is none, or if the family
    /// cannot be reached from here.
    private Optional<Source> source(Stop stop) {
        if (!(stop.address() instanceof InetSocketAddress inet)) {
            return Optional.of(new Source.Any());
        }
        var family = Family.of(inet.getAddress());
        if (connections.isUnreachable(family)) {
            leftAlone(stop, "Network is unreachable");
            return Optional.empty();
        }
        if (plan.sources().isEmpty()) {
            return Optional.of(new Source.Any());
        }
        var ours = plan.sources().stream().filter(a -> Family.of(a) == family).findFirst();
        if (ours.isEmpty() && !tried) {
            trouble =
                    new Outcome.Deferred(
                            new EnhancedStatus(4, 4, 4),
                            "Address family mismatch on destination MXs",
                            "");
        }
        return ours.map(Source.Address::new);
    }

    private void leftAlone(Stop stop, String why) {
        if (!tried || (demand() == Demand.TLS && !mayGetBetter())) {
            trouble =
                    new Outcome.Deferred(
                            new EnhancedStatus(4, 4, 1),
                            "No valid route to destination: " + stop.where() + ": " + why,
                            "");
        }
    }

    private void denied(Stop stop, Fault fault, String why) {
        tried = true;
        var at = ": " + stop.where() + ": " + why;
        boolean wanting = fault == Fault.INSECURE || fault == Fault.UNTRUSTED;
        if (wanting && demand() == Demand.TLS) {
            if (!mayGetBetter()) {
                trouble = new Outcome.Failed(REQUIRED, "TLS is required" + at, stop.host());
            }
            return;
        }
        trouble =
                switch (fault) {
                    case NETWORK, UNREACHABLE_FAMILY, UNTRUSTED ->
                            new Outcome.Deferred(
                                    new EnhancedStatus(4, 4, 1),
                                    "Network error on destination MXs" + at,
                                    stop.host());
                    case SOURCE ->
                            new Outcome.Deferred(
                                    new EnhancedStatus(4, 4, 0),
                                    "No valid route to destination" + at,
                                    "");
                    case REFUSED, BUSY, INSECURE ->
                            new Outcome.Deferred(
                                    new EnhancedStatus(4, 3, 2),
                                    "Destination seem to reject all mails" + at,
                                    stop.host());
                };
    }

    /// Hands over to all who still wait, in a transaction for each sender that the next hop is
    /// told.
    ///
    /// @return whether the session turned out to be stale, or takes no more, and another one is to
    ///   be tried
    private boolean hand(Route route, ClientSession session, Age age) throws IOException {
        var used = age;
        int most = session.mostMails(mostMessages());
        try {
            for (var parcel : parcels(session)) {
                if (!session.isOpen()) {
                    break;
                }
                if (session.messages() >= most) {
                    return true;
                }
                var trail = new Trail(session.id().toString(), session.source(), session.relay());
                var onward = onward(session);
                var result = session.hand(parcel.by(due()));
                if (used == Age.KEPT && result.isStale()) {
                    return true;
                }
                used = Age.FRESH;
                tried = true;
                if (result.isBroken()) {
                    broken++;
                }
                for (int i = 0; i < parcel.to().size(); i++) {
                    var addressee = parcel.to().get(i);
                    judge(addressee, result.verdicts().get(i), onward, trail, route.stop());
                }
            }
        } finally {
            connections.giveBack(route, session, most);
        }
        return false;
    }

    /// What those of a parcel have in common: perhaps not all of them can go to this host.
    private record Common(ReversePath sender, boolean inAscii) {}

    /// One parcel for each sender that the next hop is told, in the order of the recipients;
    /// several where it does not take as many recipients at once.
    private List<Parcel> parcels(ClientSession session) {
        var facts = envelopes.getFirst().message();
        var bySender = new LinkedHashMap<Common, List<Addressee>>();
        for (var addressee : pending) {
            var sender = plan.senders().of(facts.sender(), addressee.envelope().share());
            var common = new Common(sender, Idna.isAscii(addressee.path()));
            bySender.computeIfAbsent(common, _ -> new ArrayList<>()).add(addressee);
        }
        var parcels = new ArrayList<Parcel>();
        bySender.forEach(
                (common, to) -> {
                    int most = session.mostRecipients(to.size());
                    for (int i = 0; i < to.size(); i += most) {
                        var some = to.subList(i, Math.min(to.size(), i + most));
                        var from = facts.from(common.sender);
                        var due = new Parcel.Due.Whenever();
                        parcels.add(new Parcel(from, some, load, demand(), due));
                    }
                });
        return parcels;
    }

    private int mostMessages() {
        return switch (plan.target()) {
            case Target.Exchangers() -> MOST_TO_EXCHANGER;
            case Target.SmartHosts _ -> MOST_TO_SMART_HOST;
        };
    }

    private Onward onward(ClientSession session) {
        if (plan.naming().isNeighbour()) {
            return Onward.HOME;
        }
        if (isTraced(session)) {
            return Onward.TRACED;
        }
        return session.speaksDsn() ? Onward.WITH_DSN : Onward.WITHOUT_DSN;
    }

    /// By when it is to be delivered; a neighbour delivers at once.
    private Parcel.Due due() {
        return plan.naming().isNeighbour()
                ? new Parcel.Due.Whenever()
                : Parcel.Due.of(urgency(), kit.clock().instant());
    }

    private Urgency urgency() {
        return envelopes.getFirst().message().carriage().urgency();
    }

    /// Is the sender to be told that it went to this host: because that was asked, or because
    /// nobody there will tell when it is late (RFC 2852 section 4)?
    private boolean isTraced(ClientSession session) {
        return switch (urgency().deadline()) {
            case Urgency.Deadline.Never() -> false;
            case Urgency.Deadline.At(_, _, var trace) ->
                    trace == Urgency.Trace.TOLD || !session.keepsTimes();
        };
    }

    private void judge(
            Addressee addressee, Verdict verdict, Onward onward, Trail trail, Stop stop) {
        switch (verdict) {
            case Verdict.Taken(var reply) ->
                    settle(
                            addressee.envelope(),
                            new Outcome.Delivered(reply.status(), reply.text(), onward),
                            trail);
            case Verdict.Refused(var reply, var stage) -> {
                if (reply.isPermanent()) {
                    settle(
                            addressee.envelope(),
                            new Outcome.Failed(reply.status(), reply.text(), stop.host()),
                            trail);
                } else {
                    defer(
                            addressee,
                            new Outcome.Deferred(reply.status(), reply.text(), stop.host()),
                            stage,
                            trail);
                }
            }
            case Verdict.Lost(var why, var stage) ->
                    defer(
                            addressee,
                            new Outcome.Deferred(new EnhancedStatus(4, 4, 2), why, stop.host()),
                            stage,
                            trail);
            case Verdict.Unable(var status, var why) ->
                    said.put(
                            addressee.envelope(),
                            new Said(new Outcome.Failed(status, why, stop.host()), trail));
            case Verdict.TooLarge() ->
                    settle(
                            addressee.envelope(),
                            new Outcome.Failed(
                                    new EnhancedStatus(5, 3, 4),
                                    "message too large for peer",
                                    stop.host()),
                            trail);
        }
    }

    private void defer(Addressee addressee, Outcome outcome, Stage stage, Trail trail) {
        switch (stage) {
            case BEFORE_CONTENT -> said.put(addressee.envelope(), new Said(outcome, trail));
            case IN_CONTENT -> {
                if (broken > Work.Fetch.SPARE) {
                    settle(addressee.envelope(), outcome, trail);
                } else {
                    said.put(addressee.envelope(), new Said(outcome, trail));
                }
            }
            case CONTENT -> settle(addressee.envelope(), outcome, trail);
        }
    }

    private void settleAll(Outcome outcome) {
        for (var addressee : List.copyOf(pending)) {
            settle(addressee.envelope(), outcome, Trail.nowhere(relayName));
        }
    }

    private void settle(Envelope envelope, Outcome outcome, Trail trail) {
        pending.removeIf(addressee -> addressee.envelope().id().equals(envelope.id()));
        results.add(new Work.Result(envelope.id(), outcome));
        if (plan.naming().isNeighbour()) {
            deliveryLog.delivered(envelope, outcome, trail);
        } else {
            deliveryLog.relayed(envelope, outcome, trail);
        }
    }
}
