package org.postern.front.relay;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.postern.ipc.Conversation;
import org.postern.ipc.Work;
import org.postern.mail.Chunk;
import org.postern.mail.Envelope;
import org.postern.mail.Outcome;

/// Carries messages to their next hop: one attempt for each piece of work. May be used by many
/// threads at a time.
final class Courier {
    private final Kit kit;
    private final Planner planner;
    private final Exchangers exchangers;
    private final Connections connections;
    private final DeliveryLog deliveryLog;
    private final AtomicLong delivered = new AtomicLong();
    private final AtomicLong deferred = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();

    Courier(Kit kit, Planner planner, Exchangers exchangers, Connections connections) {
        this.kit = kit;
        this.planner = planner;
        this.exchangers = exchangers;
        this.connections = connections;
        this.deliveryLog = new DeliveryLog(kit.log(), kit.clock());
    }

    /// Tries these envelopes, which have message, action and destination in common.
    ///
    /// @param queue where the content is fetched from if it did not come along
    /// @return one result for each envelope
    /// @throws IOException if the queue fails while the content is fetched
    List<Work.Result> carry(Work.Assignment.Try work, Conversation<Work, Work.Assignment> queue)
            throws IOException, InterruptedException {
        var envelopes = work.envelopes();
        var results =
                switch (planner.plan(envelopes.getFirst().share().action())) {
                    case Plan.Answer.Unplanned(var status, var why) ->
                            unplanned(envelopes, new Outcome.Deferred(status, why, ""));
                    case Plan.Answer.Planned(var plan) ->
                            new Attempt(
                                            kit,
                                            connections,
                                            exchangers,
                                            deliveryLog,
                                            plan,
                                            envelopes,
                                            load(work, plan, queue))
                                    .run();
                };
        count(results);
        return results;
    }

    private List<Work.Result> unplanned(List<Envelope> envelopes, Outcome outcome) {
        var trail = DeliveryLog.Trail.nowhere(envelopes.getFirst().share().recipient().domain());
        return envelopes.stream()
                .map(
                        envelope -> {
                            deliveryLog.relayed(envelope, outcome, trail);
                            return new Work.Result(envelope.id(), outcome);
                        })
                .toList();
    }

    private static Load load(
            Work.Assignment.Try work, Plan plan, Conversation<Work, Work.Assignment> queue) {
        var header = plan.naming().isNeighbour() ? trace(work.envelopes()) : Chunk.EMPTY;
        return switch (work.content()) {
            case Work.Content.Inline(var bytes) -> new InlineLoad(header, bytes);
            case Work.Content.OnRequest(var length) -> new FetchedLoad(header, length, queue);
        };
    }

    /// The fields that the final delivery adds (RFC 5321 section 4.4). Who it was delivered to is
    /// only said where that tells no recipient of another one.
    private static Chunk trace(List<Envelope> envelopes) {
        var first = envelopes.getFirst();
        var text = "Return-Path: <" + first.message().sender() + ">\n";
        return Chunk.of(
                envelopes.size() > 1
                        ? text
                        : text + "Delivered-To: " + first.share().recipient() + "\n",
                StandardCharsets.UTF_8);
    }

    private void count(List<Work.Result> results) {
        for (var result : results) {
            switch (result.outcome()) {
                case Outcome.Delivered _ -> delivered.incrementAndGet();
                case Outcome.Deferred _ -> deferred.incrementAndGet();
                case Outcome.Failed _ -> failed.incrementAndGet();
            }
        }
    }

    /// Is the action of the work one that sends mail on, by the configuration of now?
    boolean knows(Work.Assignment.Try work) {
        return planner.knows(work.envelopes().getFirst().share().action());
    }

    /// How many envelopes were delivered.
    long delivered() {
        return delivered.get();
    }

    /// How many attempts were deferred.
    long deferred() {
        return deferred.get();
    }

    /// How many envelopes failed.
    long failed() {
        return failed.get();
    }
}
