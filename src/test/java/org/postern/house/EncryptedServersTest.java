package org.postern.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.unboundid.ldap.listener.InMemoryListenerConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.Ports;

/// Tables that are asked over TLS, and over a Unix socket, behind a real server.
///
/// Each server would answer in the clear too, so who is refused for now was not asked in the clear.
/// Each table has a domain of its own: of each kind there is one that trusts the server, one that
/// trusts another authority, and one that calls it by a name that is not in its certificate.
class EncryptedServersTest {
    private static final String SQL =
            "query_alias SELECT destination FROM virtuals WHERE email=KEY\n";

    private static final Deque<AutoCloseable> TO_CLOSE = new ArrayDeque<>();
    private static final Map<String, String> SMALL_FILES = new LinkedHashMap<>();
    private static final Map<String, String> TYPES = new HashMap<>();
    private static House house;

    @BeforeAll
    static void allAreThere() throws Exception {
        SystemUsers.exist();
        var directory = Files.createTempDirectory("postern-encrypted");
        TO_CLOSE.push(() -> Installation.remove(directory));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        var ours = Authority.found(directory.resolve("ours"));
        var another = Authority.found(directory.resolve("another"));
        var keys = directory.resolve("keys");
        ours.certify("localhost", keys);
        var trusted = ours.certificate();
        postgres(keys, trusted, another.certificate());
        mysql(keys, trusted, another.certificate());
        ldap(keys, trusted, another.certificate());
        redis(directory);
        start();
    }

    @AfterAll
    static void allEnd() throws Exception {
        while (!TO_CLOSE.isEmpty()) {
            TO_CLOSE.pop().close();
        }
    }

    /// The three tables of a kind.
    private static void three(String kind, String type, String settings, Path trusted, Path other) {
        table(kind + "trusted", type, filled(settings, "localhost", trusted));
        table(kind + "stranger", type, filled(settings, "localhost", other));
        table(kind + "misnamed", type, filled(settings, "127.0.0.1", trusted));
    }

    private static void table(String name, String type, String settings) {
        TYPES.put(name, type);
        SMALL_FILES.put(name, settings);
    }

    private static String filled(String settings, String host, Path authority) {
        return settings.replace("HOST", host).replace("AUTHORITY", authority.toString());
    }

    private static void postgres(Path keys, Path trusted, Path other) throws Exception {
        var port = Integer.toString(Ports.free());
        TO_CLOSE.push(Neighbour.start("postgres", port, keys.toString()));
        var conninfo =
                "conninfo host=HOST port=PORT user=mail password=sesame dbname=mail"
                        + " sslmode=verify-full sslrootcert=AUTHORITY\n";
        three(
                "postgres",
                "postgres",
                conninfo.replace("PORT", port) + SQL.replace("KEY", "$1"),
                trusted,
                other);
    }

    private static void mysql(Path keys, Path trusted, Path other) throws Exception {
        var port = Integer.toString(Ports.free());
        TO_CLOSE.push(Neighbour.start("mariadb", port, keys.toString()));
        var settings =
                """
                host HOST
                port PORT
                username mail
                password sesame
                database mail
                sslmode verify-full
                sslrootcert AUTHORITY
                """;
        var all = settings.replace("PORT", port) + SQL.replace("KEY", "?");
        three("mysql", "mysql", all, trusted, other);
    }

    private static void ldap(Path keys, Path trusted, Path other) throws Exception {
        var loopback = InetAddress.getLoopbackAddress();
        var tls = tls(keys.resolve("keys.p12"));
        var directory =
                TestDirectory.start(
                        InMemoryListenerConfig.createLDAPSConfig(
                                "ldaps", loopback, 0, tls.getServerSocketFactory(), null),
                        InMemoryListenerConfig.createLDAPConfig(
                                "ldap", loopback, 0, tls.getSocketFactory()));
        TO_CLOSE.push(directory);
        var settings = "url: SCHEME://HOST:PORT\nca_file: AUTHORITY\n" + TestDirectory.SETTINGS;
        three(
                "ldaps",
                "ldap",
                settings.replace("SCHEME", "ldaps")
                        .replace("PORT", Integer.toString(directory.port("ldaps"))),
                trusted,
                other);
        three(
                "starttls",
                "ldap",
                settings.replace("SCHEME", "ldap+tls")
                        .replace("PORT", Integer.toString(directory.port("ldap"))),
                trusted,
                other);
    }

    private static SSLContext tls(Path keys) throws Exception {
        var store = KeyStore.getInstance(keys.toFile(), "sesame".toCharArray());
        var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(store, "sesame".toCharArray());
        var context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    private static void redis(Path directory) throws Exception {
        var socket = directory.resolve("redis.sock");
        var port = Integer.toString(Ports.free());
        TO_CLOSE.push(Neighbour.start("redis", port, socket.toString()));
        table(
                "redissocket",
                "redis",
                "master unix:"
                        + socket
                        + "\npassword sesame\ndatabase 2\nquery_alias LRANGE alias:%s 0 -1\n");
    }

    private static void start() throws Exception {
        var config =
                new StringBuilder(
                        """
                        listen on 127.0.0.1 port @PORT@
                        table people { carol = "4321:4321:@ROOT@/home" }
                        """);
        for (var name : SMALL_FILES.keySet()) {
            config.append(
                    """
                    table NAME TYPE:@ROOT@/etc/NAME.conf
                    action "NAME" maildir "@ROOT@/NAME" userbase <people> virtual <NAME>
                    match from any for domain "NAME.example" action "NAME"
                    """
                            .replace("NAME", name)
                            .replace("TYPE", TYPES.get(name)));
        }
        var plot = House.plot(config.toString());
        for (var file : SMALL_FILES.entrySet()) {
            plot.file(file.getKey() + ".conf", file.getValue());
        }
        house = plot.start();
        TO_CLOSE.push(house);
    }

    private static String answer(String table) {
        try (var client = house.client().greeted()) {
            client.ask("MAIL FROM:<ann@example.net>", "250");
            client.say("RCPT TO:<tom@" + table + ".example>");
            return client.hear();
        } catch (IOException e) {
            return e.toString();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"postgres", "mysql", "ldaps", "starttls"})
    void aServerThatIsWhoItShouldBeIsAsked(String kind) throws Exception {
        house.eventually("an answer", () -> answer(kind + "trusted").startsWith("250 "));
    }

    @ParameterizedTest
    @ValueSource(strings = {"postgres", "mysql", "ldaps", "starttls"})
    void aServerWithACertificateOfSomebodyElsesIsNotAskedAtAll(String kind) throws Exception {
        isNotAsked(kind + "stranger", "certif|PKIX");
    }

    @ParameterizedTest
    @ValueSource(strings = {"postgres", "mysql", "ldaps", "starttls"})
    void aServerWithACertificateForAnotherNameIsNotAskedAtAll(String kind) throws Exception {
        isNotAsked(kind + "misnamed", "127\\.0\\.0\\.1");
    }

    private static void isNotAsked(String table, String reason) throws Exception {
        var pattern = Pattern.compile("table " + table + ": a lookup failed: .*" + reason);
        // While its program starts, there may be other reasons.
        house.eventually(
                "the reason",
                () -> {
                    assertEquals("451", answer(table).substring(0, 3), house::log);
                    return pattern.matcher(house.log()).find();
                });
        assertFalse(house.log().contains("sesame"), house::log);
        assertEquals("451", answer(table).substring(0, 3), house::log);
    }

    @Test
    void redisIsAskedOverAUnixSocket() throws Exception {
        house.eventually("an answer", () -> answer("redissocket").startsWith("250 "));
    }
}
