package org.postern.table.settings;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.postern.config.Service;
import org.postern.table.settings.Settings.Command;
import org.postern.table.settings.Settings.Redis;
import org.postern.table.settings.Settings.Server;

/// Reads the small file of the Redis backend.
final class RedisServers {
    private static final int PORT = 6379;

    private RedisServers() {}

    static Redis redis(SmallFile file) {
        var servers = new ArrayList<Server>();
        int port = file.number("port", 1, 65535, PORT);
        servers.add(
                server(
                        file.value("master").orElse("127.0.0.1"),
                        file.number("master_port", 1, 65535, port)));
        int slavePort = file.number("slave_port", 1, 65535, PORT);
        file.value("slave").ifPresent(host -> servers.add(server(host, slavePort)));
        return new Redis(
                servers,
                file.number("database", 0, 1_000_000, 0),
                file.value("username").orElse(""),
                file.value("password").orElse(""),
                new Settings.Questions<>(
                        Questions.lookups(file, (entry, service) -> command(file, entry, service)),
                        Map.of(),
                        new Settings.Freshness(0, 0)));
    }

    private static Server server(String place, int port) {
        return place.startsWith("unix:")
                ? new Server(place.substring("unix:".length()), 0)
                : new Server(place, port);
    }

    /// A command, split at blanks; the key is put into its words afterwards, so that a blank in it
    /// does not make two of one.
    private static Optional<Command> command(
            SmallFile file, SmallFile.Entry entry, Service service) {
        var words = List.of(entry.value().split("[ \t]+"));
        if (words.size() < 2 || words.stream().skip(1).noneMatch(word -> word.contains("%s"))) {
            file.problem(entry, "there is no %s for the key", "as in: LRANGE aliases:%s 0 -1");
            return Optional.empty();
        }
        return Optional.of(new Command(words, Shapes.fields(service)));
    }
}
