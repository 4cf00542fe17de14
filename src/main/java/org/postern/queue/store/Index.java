package org.postern.queue.store;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.postern.mail.Envelope;
import org.postern.mail.EnvelopeId;
import org.postern.mail.MessageId;
import org.postern.queue.store.Transaction.Step;

/// All messages and envelopes that live, and where their items lie; about 80 bytes for an envelope.
///
/// Guarded by its own lock, which is held for moments only. New messages appear when they are on
/// disk; changes to envelopes hold from the moment they are made, and are written a little later.
final class Index {
    /// Contents longer than this are files of their own.
    static final int LONGEST_INLINE = 256 * 1024;

    private final IdMap<Live> envelopes = new IdMap<>();
    private final IdMap<Live.Message> messages = new IdMap<>();
    private final Map<Key, Key> keys = new HashMap<>();
    private final Map<Long, State> unwritten = new HashMap<>();
    private final Set<Integer> reserved = new HashSet<>();
    private final Map<Integer, Uses> uses = new HashMap<>();
    private int positionSegment;
    private int positionOffset;

    /// How many items a segment got, and how many of them are still needed.
    private static final class Uses {
        private int live;
        private int all;
    }

    /// What is done with moved items of what the index does not know.
    enum Strangers {
        /// They are of what has ended since they were copied.
        IGNORED,
        /// There was no checkpoint, so that they may be all that is left: they are believed.
        BELIEVED
    }

    /// Where an item lies.
    record At(int segment, int offset) {}

    /// Where the items of an envelope lie. `stateAt` means nothing where `state` is in memory.
    record Found(At message, At envelope, At state, Optional<State> unwritten) {}

    /// Where a content lies.
    record FoundContent(At at, long length) {}

    synchronized MessageId reserve() {
        while (true) {
            int id = ThreadLocalRandom.current().nextInt();
            if (id != 0 && messages.find(id) == null && reserved.add(id)) {
                return new MessageId(id);
            }
        }
    }

    synchronized void giveBack(MessageId id) {
        reserved.remove(id.value());
    }

    /// An envelope id of `message` that no living envelope has.
    synchronized EnvelopeId draw(MessageId message) {
        while (true) {
            int number = ThreadLocalRandom.current().nextInt();
            var id = EnvelopeId.of(message, number == 0 ? 1 : number);
            if (envelopes.find(id.value()) == null) {
                return id;
            }
        }
    }

    /// The changes of `transaction` to envelopes hold from now on, though they are not yet written.
    synchronized void foresee(Transaction transaction) {
        for (var step : transaction.steps()) {
            switch (step) {
                case Step.NewState(var id, var state, _) -> {
                    var live = envelopes.find(id);
                    if (live != null) {
                        brief(live, state);
                        unwritten.put(id, state);
                    }
                }
                case Step.Ended(var id) -> end(id, transaction);
                case Step.NewMessage _, Step.NewContent _, Step.NewEnvelope _ -> {}
            }
        }
    }

    /// `transaction` is on disk, at `offset` of `segment`.
    synchronized void settle(Transaction transaction, int segment, int offset) {
        settle(transaction, segment, offset, Strangers.IGNORED);
        positionSegment = segment;
        positionOffset = offset + transaction.length();
    }

    /// As the other, without a new position: for the start.
    synchronized void settle(
            Transaction transaction, int segment, int offset, Strangers strangers) {
        boolean moved = transaction.kind() == Transaction.MOVED;
        for (var step : transaction.steps()) {
            if (moved && strangers == Strangers.IGNORED && !knows(step)) {
                continue;
            }
            switch (step) {
                case Step.NewMessage(var id, var created, var urgency, var at) -> {
                    var message = message(id);
                    message.created = created.toEpochMilli();
                    message.urgency = urgency.shared();
                    message.segment = use(message.segment, segment);
                    message.at = offset + at;
                    reserved.remove(id);
                }
                case Step.NewContent(var id, var length, var at) -> {
                    var message = message(id);
                    message.contentSegment = use(message.contentSegment, segment);
                    message.contentAt = offset + at;
                    message.contentLength = length;
                }
                case Step.NewEnvelope(var id, var key, var at) -> {
                    var live = envelope(id, key);
                    live.segment = use(live.segment, segment);
                    live.at = offset + at;
                }
                case Step.NewState(var id, var state, var at) -> {
                    var live = envelopes.find(id);
                    if (live != null) {
                        live.stateSegment = use(live.stateSegment, segment);
                        live.stateAt = offset + at;
                        settleState(live, state, moved);
                    }
                }
                case Step.Ended(var id) -> end(id, transaction);
            }
        }
    }

    private boolean knows(Step step) {
        return switch (step) {
            case Step.NewMessage(var id, _, _, _) -> messages.find(id) != null;
            case Step.NewContent(var id, _, _) -> messages.find(id) != null;
            case Step.NewEnvelope(var id, _, _) -> envelopes.find(id) != null;
            case Step.NewState(var id, _, _) -> envelopes.find(id) != null;
            case Step.Ended(var id) -> envelopes.find(id) != null;
        };
    }

    private void settleState(Live live, State state, boolean moved) {
        var newer = unwritten.get(live.id);
        if (newer == null) {
            brief(live, state);
        } else if (newer.equals(state) && !moved) {
            unwritten.remove(live.id);
        }
    }

    private Live.Message message(int id) {
        var message = messages.find(id);
        if (message == null) {
            message = new Live.Message(id);
            messages.put(message);
        }
        return message;
    }

    private Live envelope(long id, Key key) {
        var live = envelopes.find(id);
        if (live == null) {
            live = add(id, key);
        }
        return live;
    }

    private Live add(long id, Key key) {
        var message = message((int) (id >>> 32));
        var live = new Live(id, message, keys.computeIfAbsent(key, same -> same));
        live.next = message.first;
        message.first = live;
        message.envelopes++;
        envelopes.put(live);
        return live;
    }

    private static void brief(Live live, State state) {
        live.tries = (char) state.tries();
        live.lastTry =
                switch (state.progress()) {
                    case Envelope.Progress.Untried() -> 0;
                    case Envelope.Progress.Tried(_, var last, _) -> (int) last.getEpochSecond();
                };
        live.mark =
                switch (state.standing()) {
                    case State.Standing.Queued() -> Store.Mark.QUEUED;
                    case State.Standing.Held(_) -> Store.Mark.HELD;
                    case State.Standing.Dead(_, _) -> Store.Mark.DEAD;
                };
        live.warned = (byte) state.warned();
        live.deaths = (byte) state.deaths();
    }

    private int use(int before, int now) {
        release(before);
        var count = uses.computeIfAbsent(now, _ -> new Uses());
        count.live++;
        count.all++;
        return now;
    }

    private void release(int segment) {
        var count = uses.get(segment);
        if (count != null) {
            count.live--;
        }
    }

    private void end(long id, Transaction transaction) {
        var live = envelopes.find(id);
        if (live == null) {
            return;
        }
        envelopes.remove(id);
        unwritten.remove(id);
        release(live.segment);
        release(live.stateSegment);
        unlink(live);
        if (live.message.envelopes == 0) {
            end(live.message).ifPresent(transaction.unnamed()::add);
        }
    }

    private Optional<String> end(Live.Message message) {
        messages.remove(message.id);
        release(message.segment);
        release(message.contentSegment);
        return message.contentLength > LONGEST_INLINE
                ? Optional.of(Content.file(message.id))
                : Optional.empty();
    }

    private static void unlink(Live live) {
        var message = live.message;
        message.envelopes--;
        var previous = message.first;
        if (previous == live) {
            message.first = live.next;
            return;
        }
        while (previous != null && previous.next != live) {
            previous = previous.next;
        }
        if (previous != null) {
            previous.next = live.next;
        }
    }

    synchronized Optional<Found> find(EnvelopeId id) {
        var live = envelopes.find(id.value());
        if (live == null) {
            return Optional.empty();
        }
        return Optional.of(
                new Found(
                        new At(live.message.segment, live.message.at),
                        new At(live.segment, live.at),
                        new At(live.stateSegment, live.stateAt),
                        Optional.ofNullable(unwritten.get(live.id))));
    }

    synchronized Optional<FoundContent> content(MessageId id) {
        var message = messages.find(id.value());
        return message == null
                ? Optional.empty()
                : Optional.of(
                        new FoundContent(
                                new At(message.contentSegment, message.contentAt),
                                message.contentLength));
    }

    synchronized boolean lives(MessageId id) {
        return messages.find(id.value()) != null;
    }

    synchronized List<EnvelopeId> envelopes(MessageId id) {
        var found = new ArrayList<EnvelopeId>();
        var message = messages.find(id.value());
        for (var live = message == null ? null : message.first; live != null; live = live.next) {
            found.add(new EnvelopeId(live.id));
        }
        return found;
    }

    synchronized void each(Consumer<Store.Entry> visitor) {
        envelopes.each(
                live ->
                        visitor.accept(
                                new Store.Entry(
                                        new EnvelopeId(live.id),
                                        live.key,
                                        Instant.ofEpochMilli(live.message.created),
                                        live.message.urgency,
                                        live.tries,
                                        live.lastTry & 0xffffffffL,
                                        live.mark,
                                        live.warned,
                                        live.deaths)));
    }

    /// Is the item at `at` one that is needed?
    synchronized boolean needs(Step step, At at) {
        return switch (step) {
            case Step.NewMessage(var id, _, _, _) -> {
                var message = messages.find(id);
                yield message != null && at.equals(new At(message.segment, message.at));
            }
            case Step.NewContent(var id, _, _) -> {
                var message = messages.find(id);
                yield message != null
                        && at.equals(new At(message.contentSegment, message.contentAt));
            }
            case Step.NewEnvelope(var id, _, _) -> {
                var live = envelopes.find(id);
                yield live != null && at.equals(new At(live.segment, live.at));
            }
            case Step.NewState(var id, _, _) -> {
                var live = envelopes.find(id);
                yield live != null && at.equals(new At(live.stateSegment, live.stateAt));
            }
            case Step.Ended _ -> false;
        };
    }

    /// The envelopes whose content is lost, of messages of which the facts are known.
    synchronized List<EnvelopeId> withoutContent() {
        var found = new ArrayList<EnvelopeId>();
        envelopes.each(
                live -> {
                    if (live.message.contentSegment == Live.NOWHERE) {
                        found.add(new EnvelopeId(live.id));
                    }
                });
        return found;
    }

    /// Takes messages out of which the facts or all envelopes are missing.
    ///
    /// @return which had envelopes
    synchronized List<MessageId> dropIncomplete() {
        var incomplete = new ArrayList<Live.Message>();
        messages.each(
                message -> {
                    if (message.segment == Live.NOWHERE || message.envelopes == 0) {
                        incomplete.add(message);
                    }
                });
        var ids = new ArrayList<MessageId>();
        for (var message : incomplete) {
            if (message.envelopes > 0) {
                ids.add(new MessageId(message.id));
            }
            for (var live = message.first; live != null; live = live.next) {
                envelopes.remove(live.id);
                release(live.segment);
                release(live.stateSegment);
            }
            var _ = end(message);
        }
        return ids;
    }

    /// The share of a segment's items that is still needed, from 0 to 1.
    synchronized double needed(int segment) {
        var count = uses.get(segment);
        return count == null || count.all == 0 ? 0 : (double) count.live / count.all;
    }

    synchronized int envelopeCount() {
        return envelopes.size();
    }

    synchronized int messageCount() {
        return messages.size();
    }

    synchronized void restorePosition(int segment, int offset) {
        positionSegment = segment;
        positionOffset = offset;
    }

    /// A picture of the whole index, with the place in the log up to which it holds. Keys that
    /// nothing has any more are forgotten on the way.
    synchronized Snapshot snapshot() {
        keys.clear();
        envelopes.each(live -> keys.put(live.key, live.key));
        return Snapshot.of(
                new At(positionSegment, positionOffset),
                messages,
                envelopes,
                List.copyOf(keys.keySet()),
                unneeded());
    }

    private Set<Integer> unneeded() {
        var free = new HashSet<Integer>();
        uses.forEach(
                (segment, count) -> {
                    if (count.live == 0) {
                        free.add(segment);
                    }
                });
        return free;
    }

    /// There is a segment of this number, though nothing in it may be needed.
    synchronized void knowSegment(int segment) {
        uses.computeIfAbsent(segment, _ -> new Uses());
    }

    synchronized void forgetSegment(int segment) {
        uses.remove(segment);
    }

    /// Puts back what a checkpoint says. Only at the start, when the index is empty.
    synchronized void restore(Snapshot.Row row) {
        switch (row) {
            case Snapshot.Row.OfMessage(var id, var created, var at, var content, var length) -> {
                var message = message(id);
                message.created = created;
                message.segment = use(Live.NOWHERE, at.segment());
                message.at = at.offset();
                message.contentSegment = use(Live.NOWHERE, content.segment());
                message.contentAt = content.offset();
                message.contentLength = length;
            }
            case Snapshot.Row.OfHurry(var id, var urgency) -> message(id).urgency = urgency;
            case Snapshot.Row.OfEnvelope(
                            var id,
                            var key,
                            var at,
                            var state,
                            var lastTry,
                            var tries,
                            var mark,
                            var warned,
                            var deaths) -> {
                var live = add(id, key);
                live.segment = use(Live.NOWHERE, at.segment());
                live.at = at.offset();
                if (state.segment() != Live.NOWHERE) {
                    live.stateSegment = use(Live.NOWHERE, state.segment());
                    live.stateAt = state.offset();
                }
                live.lastTry = lastTry;
                live.tries = (char) tries;
                live.mark = mark;
                live.warned = (byte) warned;
                live.deaths = (byte) deaths;
            }
        }
    }
}
