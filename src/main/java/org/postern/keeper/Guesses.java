package org.postern.keeper;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.postern.mail.AddressText;

/// How often wrong passwords came, and how long whoever sends them has to wait: by the client's
/// address, by its network (24 bits of IPv4, 64 of IPv6), and by the login. Any thread may ask;
/// guarded by its own monitor.
///
/// Those who try at the same time are counted before their answer is known, so that many
/// connections guess no faster than one. A login that was right lately from a network waits a
/// second at most there: nobody can lock another out by guessing.
final class Guesses {
    private static final int MOST_REMEMBERED = 10_000;
    private static final Duration FORGOTTEN = Duration.ofHours(1);
    private static final Duration FIRST_WAIT = Duration.ofMillis(250);
    private static final Duration FRIEND_WAIT = Duration.ofSeconds(1);
    private static final int FREE_AT_ONCE = 8;
    private static final int MOST_DOUBLINGS = 8;

    /// What is counted, how many wrong ones cost nothing, and the longest wait.
    private enum Kind {
        ADDRESS(4, Duration.ofSeconds(15)),
        NETWORK(20, Duration.ofSeconds(10)),
        LOGIN(4, Duration.ofSeconds(8));

        private final int free;
        private final Duration longest;

        Kind(int free, Duration longest) {
            this.free = free;
            this.longest = longest;
        }
    }

    private record Key(Kind kind, String text) {}

    private record Friend(String login, String network) {}

    /// One try, which is under way until it is [#over].
    record Try(String address, String login) {
        private List<Key> keys() {
            return List.of(
                    new Key(Kind.ADDRESS, address),
                    new Key(Kind.NETWORK, AddressText.network(address)),
                    new Key(Kind.LOGIN, login));
        }
    }

    private static final class Count {
        private int wrong;
        private int underWay;
        private Instant last = Instant.EPOCH;
    }

    private static final class Bounded<K, V> extends LinkedHashMap<K, V> {
        private static final long serialVersionUID = 1;

        Bounded() {
            super(16, 0.75f, true);
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
            return size() > MOST_REMEMBERED;
        }
    }

    private final InstantSource clock;
    private final Map<Key, Count> addresses = new Bounded<>();
    private final Map<Key, Count> networks = new Bounded<>();
    private final Map<Key, Count> logins = new Bounded<>();

    /// Who logged in from where, the latest last.
    private final Map<Friend, Instant> friends = new Bounded<>();

    Guesses(InstantSource clock) {
        this.clock = clock;
    }

    /// How long this try has to wait before it may be made; if not at all, it is under way now, and
    /// has to be [#over].
    synchronized Optional<Duration> begin(Try made) {
        var now = clock.instant();
        boolean isFriend =
                friends.containsKey(new Friend(made.login(), AddressText.network(made.address())));
        var wait = Duration.ZERO;
        for (var key : made.keys()) {
            var left = left(key, now, isFriend ? FRIEND_WAIT : key.kind().longest);
            wait = left.compareTo(wait) > 0 ? left : wait;
        }
        if (!wait.isZero()) {
            return Optional.of(wait);
        }
        for (var key : made.keys()) {
            var count = count(key);
            count.underWay++;
            if (count.underWay > FREE_AT_ONCE) {
                count.last = now; // As if it were wrong already.
            }
        }
        return Optional.empty();
    }

    private Duration left(Key key, Instant now, Duration longest) {
        var count = counts(key.kind()).get(key);
        if (count == null) {
            return Duration.ZERO;
        }
        var since = Duration.between(count.last, now);
        if (count.underWay == 0 && since.compareTo(FORGOTTEN) > 0) {
            counts(key.kind()).remove(key);
            return Duration.ZERO;
        }
        int excess = count.wrong + Math.max(0, count.underWay - FREE_AT_ONCE) - key.kind().free;
        if (excess < 0) {
            return Duration.ZERO;
        }
        var whole = FIRST_WAIT.multipliedBy(1L << Math.min(excess, MOST_DOUBLINGS));
        var bounded = whole.compareTo(longest) > 0 ? longest : whole;
        var left = bounded.minus(since);
        return left.isNegative() ? Duration.ZERO : left;
    }

    private Map<Key, Count> counts(Kind kind) {
        return switch (kind) {
            case ADDRESS -> addresses;
            case NETWORK -> networks;
            case LOGIN -> logins;
        };
    }

    private Count count(Key key) {
        return counts(key.kind()).computeIfAbsent(key, _ -> new Count());
    }

    /// How a try ended.
    enum End {
        RIGHT,
        WRONG,
        UNKNOWN
    }

    /// The try is over.
    synchronized void over(Try made, End end) {
        var now = clock.instant();
        for (var key : made.keys()) {
            var count = count(key);
            count.underWay = Math.max(0, count.underWay - 1);
            if (end == End.WRONG) {
                count.wrong++;
                count.last = now;
            }
        }
        if (end == End.RIGHT) {
            count(new Key(Kind.LOGIN, made.login())).wrong = 0;
            friends.put(new Friend(made.login(), AddressText.network(made.address())), now);
        }
    }
}
