package org.postern.dns;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.xbill.DNS.Record;

/// What the DNS said lately. Bounded: the answer that was longest without use goes first. Guarded
/// by its own lock.
final class AnswerCache {
    /// However short its owner says, an answer holds for 5 seconds; however long, for a day.
    static final Duration SHORTEST = Duration.ofSeconds(5);

    static final Duration LONGEST = Duration.ofDays(1);

    /// That something is not there is believed for 15 minutes at most.
    static final Duration LONGEST_NEGATIVE = Duration.ofMinutes(15);

    /// A question: a name in small letters, and a type.
    record Question(String name, int type) {}

    private record Entry(Answer<Record> answer, Instant until) {}

    private final InstantSource clock;
    private final Map<Question, Entry> entries;

    AnswerCache(int capacity, InstantSource clock) {
        this.clock = clock;
        this.entries =
                new LinkedHashMap<>(64, 0.75f, true) {
                    @Override
                    protected boolean removeEldestEntry(
                            Map.Entry<Question, AnswerCache.Entry> eldest) {
                        return size() > capacity;
                    }
                };
    }

    /// The answer to `question`, if it is still believed.
    synchronized Optional<Answer<Record>> find(Question question) {
        var entry = entries.get(question);
        if (entry == null) {
            return Optional.empty();
        }
        if (!clock.instant().isBefore(entry.until)) {
            entries.remove(question);
            return Optional.empty();
        }
        return Optional.of(entry.answer);
    }

    /// Keeps `answer` for the time its owner allows. That we could not look is never kept.
    void keep(Question question, Answer<Record> answer, Duration allowed) {
        var longest =
                switch (answer) {
                    case Answer.Found<Record> _ -> LONGEST;
                    case Answer.NoSuchDomain<Record> _, Answer.NoData<Record> _ -> LONGEST_NEGATIVE;
                    case Answer.CouldNotLook<Record> _ -> Duration.ZERO;
                };
        if (longest.isZero()) {
            return;
        }
        var time = allowed.compareTo(longest) > 0 ? longest : allowed;
        time = time.compareTo(SHORTEST) < 0 ? SHORTEST : time;
        synchronized (this) {
            entries.put(question, new Entry(answer, clock.instant().plus(time)));
        }
    }
}
