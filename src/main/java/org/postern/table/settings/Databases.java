package org.postern.table.settings;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.postern.config.Service;
import org.postern.table.settings.Placeholders.Style;
import org.postern.table.settings.Settings.Database;
import org.postern.table.settings.Settings.Query;

/// Reads the small files of the backends that ask in SQL.
final class Databases {
    /// Seconds for a connection, and for an answer; together they fit into the patience of whoever
    /// asks the table.
    private static final String CONNECT = "3";

    private static final String READ = "5";

    private Databases() {}

    static Database sqlite(SmallFile file) {
        var path = file.required("dbpath", "which file holds the database: dbpath /path");
        file.entry("dbpath")
                .filter(entry -> !entry.value().startsWith("/"))
                .ifPresent(entry -> file.problem(entry, "expected an absolute path"));
        // Nobody writes here. The busy timeout is for writers elsewhere.
        var properties = Map.of("open_mode", "1", "busy_timeout", "4000");
        return new Database(
                Kind.SQLITE,
                Database.SQLITE + path,
                properties,
                questions(file, Style.QUESTION_MARK));
    }

    static Database mysql(SmallFile file) {
        var host = file.value("host").orElse("127.0.0.1");
        int port = file.number("port", 1, 65535, 3306);
        var properties = new HashMap<String, String>();
        file.value("username").ifPresent(user -> properties.put("user", user));
        file.value("password").ifPresent(password -> properties.put("password", password));
        file.entry("sslmode")
                .ifPresent(
                        entry -> {
                            if (entry.value().matches("disable|trust|verify-ca|verify-full")) {
                                properties.put("sslMode", entry.value());
                            } else {
                                file.problem(
                                        entry, "expected disable, trust, verify-ca or verify-full");
                            }
                        });
        file.value("sslrootcert")
                .ifPresent(certificate -> properties.put("serverSslCert", certificate));
        properties.put("connectTimeout", CONNECT + "000");
        properties.put("socketTimeout", READ + "000");
        // A server could ask for any file of ours.
        properties.put("allowLocalInfile", "false");
        var name = file.required("database", "the name of the database");
        var shown = host.indexOf(':') >= 0 && !host.startsWith("[") ? "[" + host + "]" : host;
        return new Database(
                Kind.MYSQL,
                "jdbc:mariadb://" + shown + ":" + port + "/" + encoded(name),
                properties,
                questions(file, Style.QUESTION_MARK));
    }

    static Database postgres(SmallFile file) {
        file.required("conninfo", "how to reach the server: conninfo host='...' dbname='...'");
        var words = file.entry("conninfo").map(entry -> conninfo(file, entry)).orElse(Map.of());
        var properties = new HashMap<String, String>();
        words.forEach(
                (word, value) -> property(word).ifPresent(name -> properties.put(name, value)));
        properties.putIfAbsent("connectTimeout", CONNECT);
        properties.putIfAbsent("loginTimeout", CONNECT);
        properties.put("socketTimeout", READ);
        properties.putIfAbsent("ApplicationName", "smtpd");
        var hosts = words.getOrDefault("host", words.getOrDefault("hostaddr", "localhost"));
        var port = words.getOrDefault("port", "5432");
        var user = words.getOrDefault("user", "");
        var database = words.getOrDefault("dbname", user);
        return new Database(
                Kind.POSTGRES,
                "jdbc:postgresql://" + places(hosts, port) + "/" + encoded(database),
                properties,
                questions(file, Style.NUMBERED));
    }

    private static String places(String hosts, String ports) {
        var places = new StringBuilder();
        var port = ports.split(",", -1);
        var host = hosts.split(",", -1);
        for (int i = 0; i < host.length; i++) {
            var name = host[i].indexOf(':') >= 0 ? "[" + host[i] + "]" : host[i];
            places.append(places.isEmpty() ? "" : ",")
                    .append(name)
                    .append(':')
                    .append(port[Math.min(i, port.length - 1)]);
        }
        return places.toString();
    }

    private static String encoded(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8);
    }

    /// How the driver calls what libpq calls so; empty for what is part of the URL.
    private static Optional<String> property(String word) {
        return switch (word) {
            case "user", "password", "sslmode", "sslrootcert", "sslcert", "sslkey", "options" ->
                    Optional.of(word);
            case "connect_timeout" -> Optional.of("connectTimeout");
            case "application_name" -> Optional.of("ApplicationName");
            case "target_session_attrs" -> Optional.of("targetServerType");
            default -> Optional.empty();
        };
    }

    private static final java.util.Set<String> CONNINFO =
            java.util.Set.of(
                    "host",
                    "hostaddr",
                    "port",
                    "dbname",
                    "user",
                    "password",
                    "sslmode",
                    "sslrootcert",
                    "sslcert",
                    "sslkey",
                    "options",
                    "connect_timeout",
                    "application_name");

    /// Reads `word = value ...`, a value with blanks in single quotes, as libpq does.
    private static Map<String, String> conninfo(SmallFile file, SmallFile.Entry entry) {
        var words = new LinkedHashMap<String, String>();
        var text = entry.value();
        int at = 0;
        while (at < text.length()) {
            int equals = text.indexOf('=', at);
            if (equals < 0) {
                file.problem(entry, "expected word=value, as in host='db.example.org'");
                return words;
            }
            var word = text.substring(at, equals).strip();
            int start = equals + 1;
            while (start < text.length() && text.charAt(start) == ' ') {
                start++;
            }
            var value = new StringBuilder();
            at = value(text, start, value);
            if (at < 0) {
                file.problem(entry, "the quotes around " + word + " are never closed");
                return words;
            }
            if (!CONNINFO.contains(word)) {
                file.problem(entry, "conninfo: unknown word \"" + word + '"');
            }
            if (word.equals("host") && value.toString().startsWith("/")) {
                file.problem(
                        entry,
                        "conninfo: a Unix socket cannot be used",
                        "use host=127.0.0.1, which the server must allow");
            }
            words.put(word, value.toString());
            while (at < text.length() && text.charAt(at) == ' ') {
                at++;
            }
        }
        return words;
    }

    /// Reads one value; where it ends, or -1 if its quotes do not close.
    private static int value(String text, int start, StringBuilder value) {
        boolean quoted = start < text.length() && text.charAt(start) == '\'';
        int at = quoted ? start + 1 : start;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '\\' && at + 1 < text.length()) {
                value.append(text.charAt(at + 1));
                at += 2;
                continue;
            }
            if (quoted ? c == '\'' : c == ' ' || c == '\t') {
                return quoted ? at + 1 : at;
            }
            value.append(c);
            at++;
        }
        return quoted ? -1 : at;
    }

    private static Settings.Questions<Query> questions(SmallFile file, Style style) {
        return new Settings.Questions<>(
                Questions.lookups(file, (entry, service) -> lookup(file, entry, service, style)),
                Questions.fetches(file, (entry, service) -> fetch(file, entry, style)),
                Questions.freshness(file));
    }

    private static Optional<Query> lookup(
            SmallFile file, SmallFile.Entry entry, Service service, Style style) {
        var found = Placeholders.of(entry.value(), style);
        var sign = style == Style.NUMBERED ? "$1" : "?";
        if (found.others() > 0) {
            file.problem(entry, "the only parameter is " + sign + ", the key");
            return Optional.empty();
        }
        if (found.parameters() == 0) {
            file.problem(
                    entry,
                    "there is no " + sign + " for the key",
                    "as in: SELECT value FROM names WHERE name=" + sign);
            return Optional.empty();
        }
        return Optional.of(new Query(found.text(), found.parameters(), Shapes.fields(service)));
    }

    private static Optional<Query> fetch(SmallFile file, SmallFile.Entry entry, Style style) {
        var found = Placeholders.of(entry.value(), style);
        if (found.parameters() + found.others() > 0) {
            file.problem(entry, "nothing is asked for by a key here");
            return Optional.empty();
        }
        return Optional.of(new Query(found.text(), 0, 1));
    }
}
