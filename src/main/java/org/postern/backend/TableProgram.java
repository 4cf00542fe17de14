package org.postern.backend;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.postern.config.ConfigException;
import org.postern.config.Service;
import org.postern.table.external.Breaker;
import org.postern.table.settings.Kind;
import org.postern.table.settings.Settings;
import org.postern.table.settings.Settings.Freshness;

/// A process that answers for one table from a database, a directory or Redis.
///
/// Its rights: the user `smtpt`, no capabilities; to read its own code, the resolver's files and CA
/// bundle, or the directory of the SQLite file; to connect out, but for SQLite. Its settings, which
/// may hold a password, it reads from its standard input, where the supervisor has opened them; it
/// speaks with `front` over its standard output, a socket, and with the log over its standard
/// error.
public final class TableProgram {
    private static final int USAGE = 64;
    private static final int LONGEST_SETTINGS = 1 << 20;

    private TableProgram() {}

    /// Runs a backend for a table, until `front` hangs up: `words` are the type and the table.
    public static int run(List<String> words) throws InterruptedException {
        var kind = Kind.named(words.isEmpty() ? "" : words.getFirst());
        if (kind.isEmpty() || words.size() != 2) {
            System.err.println("postern: the supervisor starts the programs of tables");
            return USAGE;
        }
        try {
            serve(kind.get(), words.get(1));
            return 0;
        } catch (ConfigException | IOException e) {
            System.err.println("smtpd: table: " + e.getMessage());
            return 1;
        }
    }

    private static void serve(Kind kind, String table)
            throws IOException, ConfigException, InterruptedException {
        // None of them is closed: Java would put other files in their place.
        var bytes = new FileInputStream(FileDescriptor.in).readNBytes(LONGEST_SETTINGS);
        var settings =
                Settings.parse(
                        kind, "standard input", new String(bytes, StandardCharsets.ISO_8859_1));
        var input = new FileInputStream(FileDescriptor.out);
        var output = new FileOutputStream(FileDescriptor.out);
        System.setOut(System.err);
        try (var source = source(settings, table)) {
            var desk = new Desk(source, freshness(settings), System::nanoTime, new Told());
            new Serving(input, output, services(settings), desk::answer).serve();
        }
    }

    private static Source source(Settings settings, String table) throws IOException {
        return switch (settings) {
            case Settings.Database database -> new SqlSource(database);
            case Settings.Directory directory -> new LdapSource(directory, table);
            case Settings.Redis redis -> new RedisSource(redis);
        };
    }

    private static Freshness freshness(Settings settings) {
        return questions(settings).freshness();
    }

    private static Set<Service> services(Settings settings) {
        var services = EnumSet.noneOf(Service.class);
        services.addAll(questions(settings).lookups().keySet());
        services.addAll(questions(settings).fetches().keySet());
        return services;
    }

    private static Settings.Questions<?> questions(Settings settings) {
        return switch (settings) {
            case Settings.Database database -> database.questions();
            case Settings.Directory directory -> directory.questions();
            case Settings.Redis redis -> redis.questions();
        };
    }

    private static final class Told implements Breaker.Listener {
        @Override
        public void opened(long seconds) {
            System.err.println("smtpd: table: the server is away; it is left alone for a while");
        }

        @Override
        public void closed() {
            System.err.println("smtpd: table: the server answers again");
        }
    }
}
