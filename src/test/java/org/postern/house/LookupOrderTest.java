package org.postern.house;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.unboundid.ldap.listener.InMemoryListenerConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.postern.Ports;

/// The same rows in each kind of table, asked by one server: which row is found for a recipient
/// does not depend on who holds it. Each row refuses the recipient with a text that tells the row.
class LookupOrderTest {
    private static final Deque<AutoCloseable> TO_CLOSE = new ArrayDeque<>();
    private static final List<String> KINDS =
            List.of("static", "file", "db", "proc", "sqlite", "ldap", "redis");
    private static House house;

    static List<String> kinds() {
        return KINDS;
    }

    /// Who is asked for, and the row that answers; `D` is the domain of a kind of table.
    private static Map<String, String> expected() {
        var expected = new LinkedHashMap<String, String>();
        expected.put("one+x@D", "one+x@D");
        expected.put("two+x@D", "two@D");
        expected.put("three+x@D", "three+x");
        expected.put("four+x@D", "four");
        expected.put("one@D", "one@D");
        expected.put("four@D", "four");
        expected.put("five+x@D", "@D");
        expected.put("three@D", "@D");
        expected.put("five@rest.D", "@");
        expected.put("three+x@rest.D", "three+x");
        expected.put("ONE+X@D", "one+x@D");
        expected.put("Five@Rest.D", "@");
        return expected;
    }

    /// All keys, those with a domain for every kind.
    private static List<String> keys() {
        var keys = new ArrayList<>(List.of("one+x", "one", "two+x", "two", "three+x", "four", "@"));
        for (var kind : KINDS) {
            for (var key : List.of("one+x@", "one@", "two@", "@")) {
                keys.add(key + domain(kind));
            }
        }
        return keys;
    }

    private static String domain(String kind) {
        return kind + ".example";
    }

    private static String value(String key) {
        return "error:550 5.1.1 row " + key;
    }

    private static String rows(String between, String pattern) {
        return keys().stream()
                .map(key -> pattern.replace("KEY", key).replace("VALUE", value(key)))
                .collect(Collectors.joining(between));
    }

    @BeforeAll
    static void allAreThere() throws Exception {
        SystemUsers.exist();
        var plot =
                House.plot(
                        config(
                                Map.of(
                                        "static",
                                        "{ " + rows(", ", "\"KEY\" = \"VALUE\"") + " }",
                                        "file",
                                        "file:@ROOT@/etc/rows",
                                        "db",
                                        "db:@ROOT@/etc/rows.db",
                                        "proc",
                                        "script:@ROOT@/etc/rows",
                                        "sqlite",
                                        "sqlite:@ROOT@/etc/sqlite.conf",
                                        "ldap",
                                        "ldap:@ROOT@/etc/ldap.conf",
                                        "redis",
                                        "redis:@ROOT@/etc/redis.conf")));
        plot.file("rows", rows("\n", "KEY VALUE") + "\n");
        TableProgramsTest.install(plot);
        TablesTest.makemap(plot.root().resolve("etc/rows"), "aliases");
        sqlite(plot);
        ldap(plot);
        redis(plot);
        house = plot.start();
        TO_CLOSE.push(house);
    }

    @AfterAll
    static void allEnd() throws Exception {
        while (!TO_CLOSE.isEmpty()) {
            TO_CLOSE.pop().close();
        }
    }

    private static String config(Map<String, String> tables) {
        var config = new StringBuilder("listen on 127.0.0.1 port @PORT@\n");
        for (var kind : KINDS) {
            config.append(
                    """
                    table KINDrows TABLE
                    action "KIND" maildir "@ROOT@/KIND" virtual <KINDrows>
                    match from any for domain { "DOMAIN", "rest.DOMAIN" } action "KIND"
                    """
                            .replace("KIND", kind)
                            .replace("DOMAIN", domain(kind))
                            .replace("TABLE", tables.get(kind)));
        }
        return config.toString();
    }

    private static void sqlite(House.Plot plot) throws Exception {
        var directory = Files.createTempDirectory("postern-sqlite");
        TO_CLOSE.push(() -> Installation.remove(directory));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        var file = directory.resolve("rows.db");
        Sqlite.make(
                file,
                "CREATE TABLE rows (k TEXT, v TEXT); INSERT INTO rows VALUES "
                        + rows(", ", "('KEY', 'VALUE')")
                        + ";");
        plot.file("sqlite.conf", "dbpath " + file + "\nquery_alias SELECT v FROM rows WHERE k=?\n");
    }

    private static void ldap(House.Plot plot) throws Exception {
        var directory =
                TestDirectory.start(
                        InMemoryListenerConfig.createLDAPConfig(
                                "plain", InetAddress.getLoopbackAddress(), 0, null));
        TO_CLOSE.push(directory);
        int number = 0;
        for (var key : keys()) {
            directory.add("row" + number++, "mail: " + key, "description: " + value(key));
        }
        plot.file(
                "ldap.conf",
                "url: ldap://127.0.0.1:" + directory.port("plain") + "\n" + TestDirectory.SETTINGS);
    }

    private static void redis(House.Plot plot) throws Exception {
        var port = Integer.toString(Ports.free());
        TO_CLOSE.push(Neighbour.start("redis", port));
        var client =
                new ProcessBuilder(
                                "redis-cli",
                                "-p",
                                port,
                                "-n",
                                "2",
                                "--no-auth-warning",
                                "-a",
                                "sesame")
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        try (var input = client.getOutputStream()) {
            var commands = rows("\n", "SET \"row:KEY\" \"VALUE\"") + "\n";
            input.write(commands.getBytes(StandardCharsets.US_ASCII));
        }
        assertEquals(0, client.waitFor());
        plot.file(
                "redis.conf",
                "master_port " + port + "\npassword sesame\ndatabase 2\nquery_alias GET row:%s\n");
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void theSameRowAnswersWhoeverHoldsIt(String kind) throws Exception {
        house.eventually("the table", () -> !row("one", domain(kind)).startsWith("4"));
        var found = new LinkedHashMap<String, String>();
        for (var recipient : expected().keySet()) {
            int at = recipient.indexOf('@');
            var domain = recipient.substring(at + 1).replace("D", domain(kind));
            var answer = row(recipient.substring(0, at), domain);
            found.put(recipient, answer.replace("@" + domain(kind), "@D"));
        }
        assertEquals(expected(), found, house::log);
    }

    private static String row(String user, String domain) {
        try (var client = house.client().greeted()) {
            client.ask("MAIL FROM:<ann@example.net>", "250");
            client.say("RCPT TO:<" + user + "@" + domain + ">");
            // The recipient comes after the text.
            return client.hear().replaceFirst("^550 5\\.1\\.1 row (\\S+): <.*", "$1");
        } catch (IOException e) {
            return e.toString();
        }
    }
}
