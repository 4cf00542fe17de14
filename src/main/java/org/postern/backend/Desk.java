package org.postern.backend;

import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.postern.backend.Source.Away;
import org.postern.backend.Source.Refused;
import org.postern.config.Service;
import org.postern.table.external.Breaker;
import org.postern.table.external.Reply.Result;
import org.postern.table.external.Request;
import org.postern.table.settings.Settings.Freshness;

/// Answers requests from a source: makes one value of its fields, remembers for a while what is
/// fetched, and leaves a server alone that is away. Used by any thread.
final class Desk {
    private final Source source;
    private final Freshness freshness;
    private final LongSupplier nanoTime;
    private final Breaker breaker;

    // Guarded by itself.
    private final Map<Service, Fetched> fetched = new EnumMap<>(Service.class);

    /// Values that were fetched.
    ///
    /// @param next which comes next
    /// @param uses how often one was given
    private record Fetched(List<String> values, long at, int next, int uses) {}

    Desk(Source source, Freshness freshness, LongSupplier nanoTime, Breaker.Listener listener) {
        this.source = source;
        this.freshness = freshness;
        this.nanoTime = nanoTime;
        this.breaker = new Breaker(nanoTime, listener);
    }

    private interface Question {
        Result ask() throws Away, Refused;
    }

    /// The answer to a request.
    Result answer(Request request) {
        return switch (request) {
            // It is started anew instead.
            case Request.Update() -> new Result.Done();
            case Request.Check(var service, var key) ->
                    guarded(
                            () ->
                                    source.lookup(service, key).isEmpty()
                                            ? new Result.Missing()
                                            : new Result.Present());
            case Request.Lookup(var service, var key) ->
                    guarded(() -> value(service, source.lookup(service, key)));
            case Request.Fetch(var service) -> guarded(() -> next(service));
        };
    }

    private Result guarded(Question question) {
        if (!breaker.allows()) {
            return new Result.Failure("the server is away");
        }
        try {
            var result = question.ask();
            breaker.succeeded();
            return result;
        } catch (Refused e) {
            breaker.succeeded();
            return new Result.Failure(String.valueOf(e.getMessage()));
        } catch (Away e) {
            breaker.failed();
            return new Result.Failure(String.valueOf(e.getMessage()));
        }
    }

    private static Result value(Service service, List<List<String>> values) {
        if (values.isEmpty()) {
            return new Result.Missing();
        }
        var text =
                switch (service) {
                    case ALIAS, MAILADDRMAP ->
                            values.stream().map(List::getFirst).collect(Collectors.joining(", "));
                    case CREDENTIALS, USERINFO -> String.join(":", values.getFirst());
                    case ADDRNAME,
                            AUTH,
                            DOMAIN,
                            MAILADDR,
                            NETADDR,
                            REGEX,
                            RELAYHOST,
                            SOURCE,
                            STRING,
                            TOKEN ->
                            values.getFirst().getFirst();
                };
        return text.isEmpty() ? new Result.Failure("an empty value") : new Result.Value(text);
    }

    /// The next of what is fetched, fetched again when it has grown old.
    private Result next(Service service) throws Away, Refused {
        synchronized (fetched) {
            var known = fetched.get(service);
            if (known != null && !isOld(known)) {
                return take(service, known);
            }
        }
        var values = source.fetch(service).stream().map(List::getFirst).distinct().toList();
        synchronized (fetched) {
            return take(service, new Fetched(values, nanoTime.getAsLong(), 0, 0));
        }
    }

    private boolean isOld(Fetched known) {
        long age = nanoTime.getAsLong() - known.at();
        return known.uses() >= freshness.uses()
                || age >= Duration.ofSeconds(freshness.seconds()).toNanos();
    }

    private Result take(Service service, Fetched from) {
        if (from.values().isEmpty()) {
            return new Result.Missing();
        }
        int turn = from.next() % from.values().size();
        fetched.put(service, new Fetched(from.values(), from.at(), turn + 1, from.uses() + 1));
        var value = from.values().get(turn);
        return value.isEmpty() ? new Result.Failure("an empty value") : new Result.Value(value);
    }
}
