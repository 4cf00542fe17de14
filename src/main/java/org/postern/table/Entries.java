package org.postern.table;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.postern.config.Service;
import org.postern.config.TableRef.Shape;
import org.postern.mail.AddressSyntax;

/// What a table holds at one time: keys in lower case and in the order of their bytes, with their
/// values. Immutable, but for the turn of [#fetch].
final class Entries {
    private static final String NOTHING = "";

    private final Shape shape;
    private final List<String> keys;
    private final List<String> values;
    private final List<String> domainPatterns;
    private final List<String> mailboxPatterns;
    private final List<Network> networks;
    private final List<Regex> expressions;
    private final AtomicInteger turn = new AtomicInteger();

    private Entries(Shape shape, List<String> keys, List<String> values, List<Regex> expressions) {
        this.shape = shape;
        this.keys = keys;
        this.values = values;
        this.expressions = List.copyOf(expressions);
        this.domainPatterns = keys.stream().filter(key -> key.indexOf('*') >= 0).toList();
        this.mailboxPatterns =
                keys.stream().filter(key -> key.indexOf('*') > key.lastIndexOf('@')).toList();
        this.networks = keys.stream().map(Network::parse).flatMap(Optional::stream).toList();
    }

    /// The entries of these rows; of several with one key the last counts.
    static Entries of(Shape shape, List<Row> rows, List<Regex> expressions) {
        var order = new Row[rows.size()];
        for (int i = 0; i < order.length; i++) {
            order[i] = rows.get(i).folded();
        }
        // The sort is stable, so that of equal keys the last of the file comes last.
        Arrays.sort(order, (a, b) -> a.key().compareTo(b.key()));
        var keys = new ArrayList<String>(order.length);
        var values = new ArrayList<String>(order.length);
        for (int i = 0; i < order.length; i++) {
            if (i + 1 == order.length || !order[i].key().equals(order[i + 1].key())) {
                keys.add(order[i].key());
                values.add(shape == Shape.MAPPING ? order[i].value() : NOTHING);
            }
        }
        return new Entries(shape, List.copyOf(keys), List.copyOf(values), expressions);
    }

    Shape shape() {
        return shape;
    }

    int size() {
        return keys.size();
    }

    /// All values, in the order of their keys; of a list, as many empty ones.
    List<String> values() {
        return values;
    }

    /// The value of a key, which is in lower case.
    Optional<String> value(String key) {
        int index = java.util.Collections.binarySearch(keys, key);
        return index < 0 ? Optional.empty() : Optional.of(values.get(index));
    }

    /// The next key, in turn.
    Optional<String> fetch() {
        return keys.isEmpty()
                ? Optional.empty()
                : Optional.of(keys.get(turn.getAndUpdate(i -> (i + 1) % keys.size())));
    }

    /// Whether an entry stands for the key, which is in lower case.
    boolean contains(Service service, String key, char delimiter) {
        return switch (service) {
            case DOMAIN -> containsDomain(key);
            case MAILADDR -> containsMailbox(key, delimiter);
            case NETADDR -> containsAddress(key);
            case REGEX -> expressions.stream().anyMatch(one -> one.occursIn(key));
            case ALIAS,
                    AUTH,
                    CREDENTIALS,
                    USERINFO,
                    SOURCE,
                    MAILADDRMAP,
                    ADDRNAME,
                    RELAYHOST,
                    STRING ->
                    value(key).isPresent();
        };
    }

    private boolean containsDomain(String key) {
        if (containsHost(key)) {
            return true;
        }
        // An address literal is the address: `[127.0.0.1]` in a mailbox, `127.0.0.1` in a list.
        return key.startsWith("[")
                && Network.parse(key)
                        .or(() -> Network.parse(key.substring(1, key.length() - 1)))
                        .filter(network -> containsHost(network.address().key()))
                        .isPresent();
    }

    private boolean containsHost(String key) {
        return value(key).isPresent()
                || domainPatterns.stream().anyMatch(one -> HostPattern.covers(one, key));
    }

    private boolean containsAddress(String key) {
        return value(key).isPresent()
                || Network.parse(key)
                        .filter(one -> networks.stream().anyMatch(net -> net.contains(one)))
                        .isPresent();
    }

    /// Looks for the entries that can stand for a mailbox one by one, which is faster than to look
    /// at all of them; only those with a `*` have to be tried.
    private boolean containsMailbox(String key, char delimiter) {
        int at = key.lastIndexOf('@');
        var user = at < 0 ? key : key.substring(0, at);
        var domain = at < 0 ? NOTHING : key.substring(at + 1);
        int cut = user.indexOf(delimiter);
        var users = cut < 0 ? List.of(user) : List.of(user, user.substring(0, cut));
        if (has("@")) {
            return true;
        }
        for (String one : users) {
            if (!one.isEmpty() && (has(one) || has(one + "@") || has(one + "@" + domain))) {
                return true;
            }
        }
        return (!domain.isEmpty() && has("@" + domain))
                || mailboxPatterns.stream().anyMatch(one -> covers(one, users, domain));
    }

    private boolean has(String key) {
        return value(key).isPresent();
    }

    private static boolean covers(String pattern, List<String> users, String domain) {
        int at = pattern.lastIndexOf('@');
        return at >= 0
                && HostPattern.covers(pattern.substring(at + 1), domain)
                && (at == 0 || users.contains(pattern.substring(0, at)));
    }

    /// One line of a table's text: its key, and its value if it is a mapping.
    record Row(int line, String key, String value) {
        Row folded() {
            return new Row(line, AddressSyntax.fold(key), value);
        }
    }
}
