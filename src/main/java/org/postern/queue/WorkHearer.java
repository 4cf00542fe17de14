package org.postern.queue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.postern.ipc.Conversation;
import org.postern.ipc.Deadlines;
import org.postern.ipc.Frames;
import org.postern.ipc.Hearing;
import org.postern.ipc.Work;
import org.postern.ipc.Work.Assignment;
import org.postern.ipc.Work.Lane;
import org.postern.log.Log;
import org.postern.mail.Chunk;
import org.postern.mail.Envelope;
import org.postern.mail.EnvelopeId;
import org.postern.mail.MessageId;
import org.postern.mail.Outcome;
import org.postern.mail.Share;
import org.postern.queue.schedule.Attempt;
import org.postern.queue.schedule.Scheduler;
import org.postern.queue.store.Content;
import org.postern.queue.store.Damaged;
import org.postern.queue.store.Store;

/// Gives out work: hears [Work]. Each room gets its own lanes only, and may report on what it was
/// given and nothing else; a word out of place ends the conversation, which defers the attempt.
final class WorkHearer implements Hearing.Hearer {
    private static final int MANY_ENVELOPES = 40;
    private static final Duration LONGEST_ATTEMPT = Duration.ofHours(1);
    private static final Duration UNTIL_LOOK = Duration.ofSeconds(20);

    private final Store store;
    private final Scheduler scheduler;
    private final Deadlines deadlines;
    private final Set<UserPrincipal> front;
    private final Set<UserPrincipal> delivery;
    private final Log log;
    private final Frames<Work> words = Work.frames();
    private final Frames<Assignment> assignments = Work.assignments();
    private final Casualties frontCasualties;
    private final Casualties deliveryCasualties;

    WorkHearer(
            Store store,
            Scheduler scheduler,
            Deadlines deadlines,
            Set<UserPrincipal> front,
            Set<UserPrincipal> delivery,
            Log log) {
        this.store = store;
        this.scheduler = scheduler;
        this.deadlines = deadlines;
        this.front = Set.copyOf(front);
        this.delivery = Set.copyOf(delivery);
        this.log = log;
        this.frontCasualties = new Casualties(scheduler::suspect);
        this.deliveryCasualties = new Casualties(scheduler::suspect);
    }

    @Override
    public void hear(SocketChannel channel, UserPrincipal peer) throws IOException {
        var conversation = new Conversation<>(channel, assignments, words, deadlines);
        switch (conversation.hearWhenever()) {
            case Work.Ready(var lane) -> {
                if (!mayHave(peer, lane)) {
                    log.warn("queue: " + peer.getName() + " may have no work of lane " + lane);
                    return;
                }
                var casualties = lane == Lane.LOCAL ? deliveryCasualties : frontCasualties;
                casualties.came();
                try {
                    new Worker(channel, conversation, lane, casualties).run();
                } finally {
                    casualties.went();
                }
            }
            case Work.Fetch _, Work.Report _, Work.Routed _, Work.NotYet _ ->
                    log.warn("queue: " + peer.getName() + " reports before it is ready");
        }
    }

    private boolean mayHave(UserPrincipal peer, Lane lane) {
        return switch (lane) {
            case LOCAL -> delivery.contains(peer);
            case RELAY, ROUTE -> front.contains(peer);
        };
    }

    /// What an attempt holds of one message.
    private record Part(List<Envelope> envelopes, Content content) {}

    /// One conversation.
    private final class Worker {
        private final SocketChannel channel;
        private final Conversation<Assignment, Work> conversation;
        private final Lane lane;
        private final Casualties casualties;

        Worker(
                SocketChannel channel,
                Conversation<Assignment, Work> conversation,
                Lane lane,
                Casualties casualties) {
            this.channel = channel;
            this.conversation = conversation;
            this.lane = lane;
            this.casualties = casualties;
        }

        void run() throws IOException {
            while (true) {
                var attempt = await();
                if (attempt.isEmpty()) {
                    return;
                }
                attempt(attempt.get());
                switch (conversation.hear(LONGEST_ATTEMPT)) {
                    case Work.Ready(var again) -> {
                        if (again != lane) {
                            return;
                        }
                    }
                    case Work.Fetch _, Work.Report _, Work.Routed _, Work.NotYet _ -> {
                        return;
                    }
                }
            }
        }

        /// Waits for work; empty if the worker has hung up meanwhile, or the room ends.
        private Optional<Attempt> await() throws IOException {
            try {
                while (!scheduler.isClosed()) {
                    var attempt = scheduler.next(lane, UNTIL_LOOK);
                    if (attempt.isPresent()) {
                        return attempt;
                    }
                    if (!isThere()) {
                        return Optional.empty();
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return Optional.empty();
        }

        /// Is the other end still there? It has nothing to say while it waits.
        private boolean isThere() throws IOException {
            channel.configureBlocking(false);
            try {
                return channel.read(ByteBuffer.allocate(1)) == 0;
            } finally {
                channel.configureBlocking(true);
            }
        }

        private void attempt(Attempt attempt) throws IOException {
            var open = new LinkedHashMap<EnvelopeId, Store.Leased>();
            attempt.leased().forEach(one -> open.put(one.envelope().id(), one));
            boolean given = false;
            try {
                var parts = parts(attempt, open);
                // Those that follow bring their content, so that only the first is ever fetched.
                try (var content = fetches(parts.getFirst())) {
                    boolean mayFetch = say(parts);
                    given = true;
                    while (!open.isEmpty()) {
                        hear(attempt, open, mayFetch ? Optional.of(content) : Optional.empty());
                    }
                }
            } catch (Damaged e) {
                log.error("queue: evpid=" + attempt.ids() + " is held: " + e.getMessage());
                open.values().forEach(one -> scheduler.damaged(attempt, one));
                open.clear();
                throw e;
            } finally {
                if (!given && !open.isEmpty()) {
                    scheduler.giveBack(attempt);
                } else if (!open.isEmpty()) {
                    scheduler.hungUp(attempt, List.copyOf(open.values()));
                    casualties.lost(List.copyOf(open.keySet()));
                }
                scheduler.finish(attempt);
            }
        }

        private Fetches fetches(Part part) {
            var envelopes = part.envelopes();
            var message = envelopes.getFirst().id().message();
            return new Fetches(store, message, part.content(), envelopes.size());
        }

        /// The messages of an attempt, at least one. Where there are several, those that are
        /// damaged are held and left out.
        private List<Part> parts(Attempt attempt, Map<EnvelopeId, Store.Leased> open)
                throws IOException {
            var byMessage = new LinkedHashMap<MessageId, List<Store.Leased>>();
            for (var one : attempt.leased()) {
                byMessage
                        .computeIfAbsent(one.envelope().id().message(), _ -> new ArrayList<>(1))
                        .add(one);
            }
            var parts = new ArrayList<Part>(byMessage.size());
            for (var entry : byMessage.entrySet()) {
                var envelopes = entry.getValue().stream().map(Store.Leased::envelope).toList();
                try {
                    parts.add(new Part(envelopes, content(entry.getKey())));
                } catch (Damaged e) {
                    if (parts.isEmpty() && open.size() == envelopes.size()) {
                        throw e; // there is nothing else
                    }
                    log.error("queue: evpid=" + envelopes.getFirst().id() + " is held: " + e);
                    for (var one : entry.getValue()) {
                        scheduler.damaged(attempt, one);
                        open.remove(one.envelope().id());
                    }
                }
            }
            return parts;
        }

        private Content content(MessageId message) throws IOException {
            return store.content(message)
                    .orElseThrow(() -> Damaged.of("the content of " + message + " is gone"));
        }

        /// Hands them out; is there content to be fetched?
        private boolean say(List<Part> parts) throws IOException {
            int following = parts.size();
            boolean onRequest = false;
            for (var part : parts) {
                following--;
                var envelopes = part.envelopes();
                var form = form(part.content(), envelopes.size());
                onRequest |= form instanceof Work.Content.OnRequest;
                conversation.say(new Assignment.Try(envelopes, form, following));
            }
            conversation.flush();
            return onRequest;
        }

        /// The rules ask for no content, so none is shown to those who ask them.
        private Work.Content form(Content content, int envelopes) throws IOException {
            if (lane == Lane.ROUTE) {
                return new Work.Content.Inline(Chunk.EMPTY);
            }
            // Lane LOCAL knows no more than a few dozen.
            boolean few = lane == Lane.LOCAL || envelopes < MANY_ENVELOPES;
            return few && content.length() <= Work.Content.LONGEST_INLINE
                    ? new Work.Content.Inline(content.next(Work.Content.LONGEST_INLINE))
                    : new Work.Content.OnRequest(content.length());
        }

        private void hear(
                Attempt attempt, Map<EnvelopeId, Store.Leased> open, Optional<Fetches> fetches)
                throws IOException {
            switch (conversation.hear(LONGEST_ATTEMPT)) {
                case Work.Fetch() -> {
                    if (fetches.isEmpty()) {
                        throw outOfPlace("content that is not for it, or that it has");
                    }
                    try (var content = fetches.get().next()) {
                        send(content);
                    }
                }
                case Work.Report(var results) -> {
                    for (var result : results) {
                        var leased = open.remove(result.envelope());
                        if (leased == null
                                || (lane == Lane.ROUTE
                                        && result.outcome() instanceof Outcome.Delivered)) {
                            throw outOfPlace("a report on " + result.envelope());
                        }
                        scheduler.report(attempt, leased, result.outcome());
                    }
                }
                case Work.Routed(var id, var shares) -> {
                    var leased = open.get(id);
                    if (lane != Lane.ROUTE || leased == null || !isSensible(leased, shares)) {
                        throw outOfPlace("a route of " + id);
                    }
                    open.remove(id);
                    scheduler.routed(leased, shares);
                }
                case Work.NotYet(var id) -> {
                    var leased = open.remove(id);
                    if (leased == null) {
                        throw outOfPlace("not yet " + id);
                    }
                    scheduler.notYet(leased);
                }
                case Work.Ready _ -> throw outOfPlace("ready before the report");
            }
        }

        private IOException outOfPlace(String what) {
            return new IOException("lane " + lane + ": a word out of place: " + what);
        }

        private void send(Content content) throws IOException {
            var bytes = content.next(Work.Content.LONGEST_INLINE);
            while (true) {
                var next = content.next(Work.Content.LONGEST_INLINE);
                if (next.isEmpty()) {
                    conversation.say(new Assignment.LastPiece(bytes));
                    conversation.flush();
                    return;
                }
                conversation.say(new Assignment.Piece(bytes));
                bytes = next;
            }
        }
    }

    /// What is routed again stays for whom it was sent to.
    private static boolean isSensible(Store.Leased leased, List<Share> shares) {
        var share = leased.envelope().share();
        return (share.destination() instanceof Share.Destination.Unrouted
                        || shares.stream()
                                .allMatch(
                                        one ->
                                                one.originalRecipient()
                                                        .equals(share.originalRecipient())))
                && isSensible(shares);
    }

    private static boolean isSensible(List<Share> shares) {
        return !shares.isEmpty()
                && shares.size() <= Work.Routed.MOST_SHARES
                && shares.stream()
                        .noneMatch(
                                share -> share.destination() instanceof Share.Destination.Unrouted);
    }
}
