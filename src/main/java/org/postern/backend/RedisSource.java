package org.postern.backend;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.postern.backend.RedisConnection.Reply;
import org.postern.config.Service;
import org.postern.table.settings.Settings.Command;
import org.postern.table.settings.Settings.Redis;
import org.postern.table.settings.Settings.Server;

/// A table in Redis. The key is a part of one word of a command, whatever is in it.
final class RedisSource implements Source {
    private static final int CONNECTIONS = 4;

    private final Redis settings;
    private final Pool<RedisConnection> pool;

    RedisSource(Redis settings) {
        this.settings = settings;
        this.pool = new Pool<>(new Sessions(settings), CONNECTIONS);
    }

    private record Sessions(Redis settings) implements Pool.Maker<RedisConnection> {
        @Override
        public RedisConnection open() throws Away {
            var last = new Away("no server");
            for (var server : settings.servers()) {
                try {
                    return greeted(server);
                } catch (IOException e) {
                    last =
                            new Away(
                                    "cannot connect to " + server.host() + ": " + e.getMessage(),
                                    e);
                }
            }
            throw last;
        }

        private RedisConnection greeted(Server server) throws IOException {
            var connection = RedisConnection.open(address(server));
            try {
                if (!settings.password().isEmpty()) {
                    var words = new ArrayList<>(List.of("AUTH"));
                    if (!settings.user().isEmpty()) {
                        words.add(settings.user());
                    }
                    words.add(settings.password());
                    demand(connection.ask(words));
                }
                if (settings.database() != 0) {
                    demand(connection.ask(List.of("SELECT", "" + settings.database())));
                }
                return connection;
            } catch (IOException e) {
                connection.close();
                throw e;
            }
        }

        private static SocketAddress address(Server server) throws IOException {
            return server.isSocket()
                    ? UnixDomainSocketAddress.of(server.host())
                    : new InetSocketAddress(InetAddress.getByName(server.host()), server.port());
        }

        private static void demand(Reply reply) throws IOException {
            if (reply instanceof Reply.Fault(var text)) {
                throw new IOException(text);
            }
        }

        @Override
        public void close(RedisConnection connection) {
            connection.close();
        }
    }

    @Override
    public List<List<String>> lookup(Service service, String key) throws Away, Refused {
        var command = settings.questions().lookups().get(service);
        if (command == null) {
            throw new Refused("nothing is configured for this service");
        }
        return pool.with(connection -> ask(connection, command, key));
    }

    @Override
    public List<List<String>> fetch(Service service) throws Refused {
        throw new Refused("Redis has no order to fetch in");
    }

    private static List<List<String>> ask(RedisConnection connection, Command command, String key)
            throws Away, Refused {
        var words = new ArrayList<String>();
        for (var word : command.words()) {
            words.add(words.isEmpty() ? word : word.replace("%s", key));
        }
        try {
            return values(connection.ask(words), command.fields());
        } catch (java.net.SocketTimeoutException e) {
            throw new Away(Pool.TOO_LATE, e);
        } catch (IOException e) {
            throw new Away("lost the connection: " + e.getMessage(), e);
        }
    }

    /// What a reply means: an array is the fields of one value, or as many values; 0 is none.
    private static List<List<String>> values(Reply reply, int fields) throws Refused {
        return switch (reply) {
            case Reply.Nil() -> List.of();
            case Reply.Fault(var text) -> throw refused(text);
            case Reply.Figure(var number) ->
                    number == 0 ? List.of() : values(new Reply.Text("" + number), fields);
            case Reply.Text(var text) -> {
                if (fields > 1) {
                    throw new Refused(
                            "the command gives one value where " + fields + " are needed");
                }
                yield List.of(List.of(text));
            }
            case Reply.Array(var elements) ->
                    fields > 1 ? together(elements, fields) : apart(elements);
        };
    }

    /// An error that will pass, or one that stays; both are failures, but only the first is the
    /// server's.
    private static Refused refused(String text) {
        return new Refused(text);
    }

    private static List<List<String>> together(List<Reply> elements, int fields) throws Refused {
        var texts = new ArrayList<String>();
        for (var element : elements) {
            text(element).ifPresent(texts::add);
        }
        if (texts.isEmpty()) {
            return List.of();
        }
        if (texts.size() != fields || elements.size() != fields) {
            throw new Refused(
                    "the command gives "
                            + texts.size()
                            + " values where "
                            + fields
                            + " are needed");
        }
        return List.of(List.copyOf(texts));
    }

    private static List<List<String>> apart(List<Reply> elements) throws Refused {
        var values = new ArrayList<List<String>>();
        for (var element : elements) {
            text(element).ifPresent(text -> values.add(List.of(text)));
        }
        return values;
    }

    private static java.util.Optional<String> text(Reply element) throws Refused {
        return switch (element) {
            case Reply.Nil() -> java.util.Optional.empty();
            case Reply.Text(var text) -> java.util.Optional.of(text);
            case Reply.Figure(var number) -> java.util.Optional.of("" + number);
            case Reply.Fault(var text) -> throw refused(text);
            case Reply.Array _ -> throw new Refused("the command gives an array of arrays");
        };
    }

    @Override
    public void close() {
        pool.close();
    }
}
