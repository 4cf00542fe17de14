package org.postern.table.settings;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.postern.config.ConfigException;
import org.postern.config.Service;

/// What a small file says, checked.
public sealed interface Settings {
    /// The files that are read besides: certificates and keys.
    default List<String> files() {
        return switch (this) {
            case Database database ->
                    database.properties().entrySet().stream()
                            .filter(one -> CERTIFICATES.contains(one.getKey()))
                            .map(Map.Entry::getValue)
                            .filter(path -> path.startsWith("/"))
                            .toList();
            case Directory directory ->
                    directory.options().values().stream()
                            .filter(one -> one.startsWith("/"))
                            .toList();
            case Redis _ -> List.of();
        };
    }

    /// The properties of drivers that name files.
    List<String> CERTIFICATES = List.of("sslrootcert", "sslcert", "sslkey", "serverSslCert");

    /// The directories of the files that hold the data themselves.
    default List<String> directories() {
        return this instanceof Database database
                ? database.file().stream().map(file -> file.resolveSibling("").toString()).toList()
                : List.of();
    }

    /// Whether there is no server, and so no network.
    default boolean isLocal() {
        return this instanceof Database database && database.kind() == Kind.SQLITE;
    }

    /// What is asked for each service.
    ///
    /// @param <Q> the form of a question
    record Questions<Q>(Map<Service, Q> lookups, Map<Service, Q> fetches, Freshness freshness) {
        public Questions {
            lookups = Map.copyOf(lookups);
            fetches = Map.copyOf(fetches);
        }
    }

    /// How long what was fetched counts.
    ///
    /// @param seconds then it is fetched again
    /// @param uses after so many of them it is fetched again
    record Freshness(int seconds, int uses) {}

    /// A database that is asked in SQL.
    ///
    /// @param url how JDBC names it
    /// @param properties what JDBC is told besides, passwords among it
    record Database(
            Kind kind, String url, Map<String, String> properties, Questions<Query> questions)
            implements Settings {
        /// What the URL of a SQLite file begins with.
        static final String SQLITE = "jdbc:sqlite:";

        public Database {
            properties = Map.copyOf(properties);
        }

        /// The file that is the database, if it is one.
        public Optional<Path> file() {
            return kind == Kind.SQLITE
                    ? Optional.of(Path.of(url.substring(SQLITE.length())))
                    : Optional.empty();
        }

        /// Without the properties, which are secret.
        @Override
        public String toString() {
            return kind + " " + url;
        }
    }

    /// A statement of SQL.
    ///
    /// @param text with `?` for each parameter
    /// @param parameters how many there are; each is the key
    /// @param columns how many it has to give, at least
    record Query(String text, int parameters, int columns) {}

    /// A directory.
    ///
    /// @param urls where it is, tried in this order
    /// @param user who asks; empty for nobody in particular
    record Directory(
            List<String> urls,
            String user,
            String password,
            String base,
            Map<String, String> options,
            Questions<Search> questions)
            implements Settings {
        /// What the URL of a server begins with that is asked to encrypt the connection.
        public static final String START_TLS = "ldap+tls://";

        public Directory {
            urls = List.copyOf(urls);
            options = Map.copyOf(options);
        }

        /// Without the password.
        @Override
        public String toString() {
            return "LDAP " + urls;
        }
    }

    /// A search in a directory.
    ///
    /// @param filter an LDAP filter, in which `{0}` stands for the key and `{1}` for the table
    /// @param attributes what the value is made of
    record Search(String filter, List<String> attributes) {
        public Search {
            attributes = List.copyOf(attributes);
        }
    }

    /// A Redis server, and another that is asked when the first is away.
    record Redis(
            List<Server> servers,
            int database,
            String user,
            String password,
            Questions<Command> questions)
            implements Settings {
        public Redis {
            servers = List.copyOf(servers);
        }

        /// Without the password.
        @Override
        public String toString() {
            return "Redis " + servers;
        }
    }

    /// Where a server hears: a host and port, or the path of a Unix socket and port 0.
    record Server(String host, int port) {
        /// Whether `host` is the path of a Unix socket.
        public boolean isSocket() {
            return host.startsWith("/");
        }
    }

    /// A command of Redis, word by word; `%s` in a word stands for the key.
    record Command(List<String> words, int fields) {
        public Command {
            words = List.copyOf(words);
        }
    }

    /// Reads the small file of a backend.
    ///
    /// @param file its name, for messages
    /// @throws ConfigException with all that is wrong
    static Settings parse(Kind kind, String file, String text) throws ConfigException {
        var small = SmallFile.parse(file, text);
        var settings =
                switch (kind) {
                    case SQLITE -> Databases.sqlite(small);
                    case POSTGRES -> Databases.postgres(small);
                    case MYSQL -> Databases.mysql(small);
                    case LDAP -> Directories.ldap(small);
                    case REDIS -> RedisServers.redis(small);
                };
        small.finish();
        return settings;
    }
}
