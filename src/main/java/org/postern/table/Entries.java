package org.postern.table;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.postern.config.Service;
import org.postern.config.TableRef.Shape;
import org.postern.table.Regex.Collection.Keeping;

/// What a table holds at one time, and which of it stands for a key. Immutable, but for the turn of
/// [#fetch] and for what is prepared for a service when it is first asked for.
///
/// Where the rows lie in a file, every question can fail with an `IOException`, which is never the
/// same as "not there".
final class Entries {
    private static final String NOTHING = "";

    private final Shape shape;
    private final Rows rows;
    private final Once<List<Regex>> expressions;
    private final Once<Wildcards> hostPatterns;
    private final Once<Mailboxes> mailboxes;
    private final Once<Networks> networks;
    private final Once<SortedTexts> order;
    private final AtomicInteger turn = new AtomicInteger();

    private Entries(Shape shape, Rows rows, Once<List<Regex>> expressions) {
        this.shape = shape;
        this.rows = rows;
        this.expressions = expressions;
        this.hostPatterns = new Once<>(() -> Wildcards.ofHosts(rows));
        this.mailboxes = new Once<>(() -> Mailboxes.of(rows));
        this.networks = new Once<>(() -> Networks.of(rows));
        this.order = new Once<>(this::sorted);
    }

    /// Entries in memory, with what their keys are as regular expressions, if anybody asks for
    /// that.
    static Entries of(Shape shape, PackedRows rows, List<Regex> expressions) {
        var ready = List.copyOf(expressions);
        return new Entries(shape, rows, new Once<>(() -> ready));
    }

    /// The entries of a database, which may be a list or a mapping.
    static Entries of(Database database) {
        return new Entries(Shape.EITHER, database, new Once<>(() -> compiled(database)));
    }

    private static List<Regex> compiled(Rows rows) throws IOException {
        var compiled = new Regex.Collection(Keeping.ALL);
        rows.forEach(
                row -> {
                    try {
                        compiled.add(row.key());
                    } catch (Regex.Malformed e) {
                        throw new IOException("regex \"" + row.key() + "\": " + e.getMessage(), e);
                    }
                });
        return compiled.expressions();
    }

    private SortedTexts sorted() throws IOException {
        var collector = new SortedTexts.Collector();
        rows.forEach(collector::addKey);
        return collector.sorted();
    }

    /// Prepares what these services need, so that the first question takes no longer than the next.
    void prepare(Set<Service> services) throws IOException {
        for (var service : services) {
            switch (service) {
                case DOMAIN -> hostPatterns.made();
                case MAILADDR -> mailboxes.made();
                case NETADDR -> networks.made();
                case REGEX -> expressions.made();
                case SOURCE, RELAYHOST -> order.made();
                case ALIAS, AUTH, CREDENTIALS, USERINFO, MAILADDRMAP, ADDRNAME, STRING, TOKEN -> {}
            }
        }
    }

    Shape shape() {
        return shape;
    }

    int size() {
        return rows.size();
    }

    /// All rows, in no particular order.
    Rows rows() {
        return rows;
    }

    /// The value of a key, which is in lower case; empty text in a list.
    Optional<String> value(String key) throws IOException {
        return rows.value(key);
    }

    /// The next key, in turn, in the order of their bytes.
    Optional<String> fetch() throws IOException {
        var keys = order.made();
        return keys.size() == 0
                ? Optional.empty()
                : Optional.of(keys.get(turn.getAndUpdate(i -> (i + 1) % keys.size())));
    }

    /// Whether an entry stands for the key, which is in lower case.
    boolean contains(Service service, String key, char delimiter) throws IOException {
        return switch (service) {
            case DOMAIN -> containsDomain(key);
            case MAILADDR -> mailboxes.made().contain(key, delimiter);
            case NETADDR -> containsAddress(key);
            case REGEX -> containsExpression(key);
            case ALIAS,
                    AUTH,
                    CREDENTIALS,
                    USERINFO,
                    SOURCE,
                    MAILADDRMAP,
                    ADDRNAME,
                    RELAYHOST,
                    STRING,
                    TOKEN ->
                    rows.has(key);
        };
    }

    private boolean containsExpression(String key) throws IOException {
        for (var expression : expressions.made()) {
            if (expression.occursIn(key)) {
                return true;
            }
        }
        return false;
    }

    private boolean containsDomain(String key) throws IOException {
        if (containsHost(key)) {
            return true;
        }
        if (!key.startsWith("[")) {
            return false;
        }
        // An address literal is the address: `[127.0.0.1]` in a mailbox, `127.0.0.1` in a list.
        var network =
                Network.parse(key).or(() -> Network.parse(key.substring(1, key.length() - 1)));
        return network.isPresent() && containsHost(network.get().address().key());
    }

    private boolean containsHost(String key) throws IOException {
        return rows.has(key) || hostPatterns.made().cover(NOTHING, key);
    }

    private boolean containsAddress(String key) throws IOException {
        if (rows.has(key)) {
            return true;
        }
        var network = Network.parse(key);
        return network.isPresent() && networks.made().contain(network.get());
    }
}
