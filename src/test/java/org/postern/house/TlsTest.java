package org.postern.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.Ports;
import org.postern.Standstill;

/// TLS as other programs see it: OpenSSL's client, swaks and Debian's Postfix. One server for all;
/// what a claim changes is its own.
@Timeout(180)
class TlsTest {
    private static final String CONFIG =
            """
            pki rsa.example.org cert "@ROOT@/keys/rsa/cert.pem" key "@ROOT@/keys/rsa/key.pem"
            pki ec.example.org cert "@ROOT@/keys/ec/cert.pem" key "@ROOT@/keys/ec/key.pem"
            pki ed.example.org cert "@ROOT@/keys/ed/cert.pem" key "@ROOT@/keys/ed/key.pem"
            pki other.example.org cert "@ROOT@/keys/other/cert.pem" key "@ROOT@/keys/other/key.pem"
            pki renewed.example.org cert "@ROOT@/keys/renewed/cert.pem" key "@ROOT@/keys/renewed/key.pem"
            pki changed.example.org cert "@ROOT@/changed0/cert.pem" key "@ROOT@/changed0/key.pem"
            ca people cert "@ROOT@/keys/people/authority.pem"
            listen on 127.0.0.1 port @PORT@ tls pki rsa.example.org pki ec.example.org pki other.example.org pki ed.example.org
            listen on 127.0.0.1 port @SMTPS@ smtps pki rsa.example.org pki ec.example.org pki other.example.org pki ed.example.org
            listen on 127.0.0.1 port @DEMANDED@ tls-require verify pki ec.example.org ca people
            listen on 127.0.0.1 port @VERIFIED@ smtps verify pki ec.example.org ca people
            listen on 127.0.0.1 port @OLDER@ smtps pki rsa.example.org protocols "tlsv1.2" ciphers "ECDHE-RSA-AES128-GCM-SHA256"
            listen on 127.0.0.1 port @NEWER@ smtps pki rsa.example.org protocols "tlsv1.3"
            listen on 127.0.0.1 port @CHANGED@ smtps pki changed.example.org
            listen on 127.0.0.1 port @RENEWED@ smtps pki renewed.example.org
            table passwords { joe = "$6$postern$WeB8mHLGmUa.sXPYGR7UOH0x8e.NptHlQ9/10/cWoNZcTwryreWf0V/6Kz13TJdk1RE1rWxTq8Lv8oVg35TbM1" }
            listen on 127.0.0.1 port @SUBMISSION@ tls-require pki rsa.example.org auth <passwords>
            listen on 127.0.0.1 port @SUBMISSIONS@ smtps pki rsa.example.org auth <passwords>
            table people { carol = "4321:4321:@ROOT@/home" }
            action "home" maildir "@ROOT@/home/Maildir" userbase <people>
            match from any for domain "example.org" action "home"
            """;

    private static final List<String> PORTS =
            List.of(
                    "SMTPS",
                    "DEMANDED",
                    "VERIFIED",
                    "OLDER",
                    "NEWER",
                    "RENEWED",
                    "CHANGED",
                    "SUBMISSION",
                    "SUBMISSIONS");

    private static final Deque<AutoCloseable> TO_CLOSE = new ArrayDeque<>();
    private static final java.util.Map<String, Integer> BY_NAME = new java.util.HashMap<>();
    private static Path keys;
    private static Authority ours;
    private static House.Plot plot;
    private static String config;
    private static House house;

    @BeforeAll
    static void aServerRuns() throws Exception {
        SystemUsers.exist();
        plot = House.plot("");
        keys = Files.createDirectory(plot.root().resolve("keys"));
        ours = Authority.found(keys.resolve("ours"));
        ours.certify("rsa.example.org", keys.resolve("rsa"), Authority.Kind.RSA);
        ours.certify("rsa.example.org", keys.resolve("ec"), Authority.Kind.P256);
        ours.certify("ed.example.org", keys.resolve("ed"), Authority.Kind.ED25519);
        ours.certify("other.example.org", keys.resolve("other"), Authority.Kind.P256);
        ours.certify("renewed.example.org", keys.resolve("renewed"), Authority.Kind.P256);
        ours.certify("changed.example.org", plot.root().resolve("changed0"), Authority.Kind.P256);
        var people = Authority.found(keys.resolve("people"));
        people.certify("client.example.net", keys.resolve("friend"));
        ours.certify("client.example.net", keys.resolve("stranger"));
        var home = Files.createDirectory(plot.root().resolve("home"));
        Files.setAttribute(home, "unix:uid", 4321);
        Files.setAttribute(home, "unix:gid", 4321);
        config = CONFIG;
        for (var name : PORTS) {
            int port = Ports.free();
            BY_NAME.put(name, port);
            config = config.replace("@" + name + "@", Integer.toString(port));
        }
        house = plot.file("smtpd.conf", config).start();
        TO_CLOSE.push(house);
        BY_NAME.put("STARTTLS", house.port());
    }

    @AfterAll
    static void allEnds() throws Exception {
        while (!TO_CLOSE.isEmpty()) {
            TO_CLOSE.pop().close();
        }
    }

    /// What OpenSSL sees at the listener of that name.
    private static OpenSsl connect(String listener, String... options) throws Exception {
        var all = new ArrayList<>(List.of(options));
        if (listener.equals("STARTTLS") || listener.equals("DEMANDED")) {
            all.addAll(List.of("-starttls", "smtp"));
        }
        all.addAll(List.of("-CAfile", ours.certificate().toString(), "-verify_return_error"));
        return OpenSsl.connect(port(listener), all.toArray(String[]::new));
    }

    private static int port(String listener) {
        var port = BY_NAME.get(listener);
        assertTrue(port != null, listener);
        return port;
    }

    private static void holds(OpenSsl seen) {
        assertTrue(seen.says("221 2.0.0 Bye"), () -> seen + house.log());
        assertTrue(seen.says("Verify return code: 0 (ok)"), seen::words);
        assertEquals(0, seen.status(), seen::words);
    }

    private static void fails(OpenSsl seen) {
        assertFalse(seen.says("2.0.0 Bye"), seen::words);
        assertNotEquals(0, seen.status(), seen::words);
    }

    @ParameterizedTest
    @CsvSource({
        "STARTTLS, -tls1_2, TLSv1.2",
        "STARTTLS, -tls1_3, TLSv1.3",
        "SMTPS, -tls1_2, TLSv1.2",
        "SMTPS, -tls1_3, TLSv1.3"
    })
    void bothVersionsAreSpokenAtOnceAndAfterStartTls(String listener, String option, String version)
            throws Exception {
        var seen = connect(listener, option);
        holds(seen);
        assertTrue(seen.says("New, " + version + ", Cipher is "), seen::words);
    }

    @ParameterizedTest
    @CsvSource({
        "-tls1_3, -sigalgs, RSA-PSS+SHA256, RSA-PSS",
        "-tls1_3, -sigalgs, ECDSA+SHA256, ECDSA",
        "-tls1_2, -cipher, ECDHE-RSA-AES256-GCM-SHA384, RSA-PSS",
        "-tls1_2, -cipher, ECDHE-ECDSA-AES256-GCM-SHA384, ECDSA"
    })
    void ofTwoKeysForOneNameTheClientGetsTheOneItCanDoWith(
            String version, String option, String value, String kind) throws Exception {
        for (var listener : List.of("STARTTLS", "SMTPS")) {
            var seen = connect(listener, version, option, value, "-servername", "rsa.example.org");
            holds(seen);
            assertTrue(seen.says("Peer signature type: " + kind), seen::words);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "-servername, other.example.org, other.example.org",
        "-servername, OTHER.example.org, other.example.org",
        "-servername, rsa.example.org, rsa.example.org",
        "-servername, unknown.example.org, rsa.example.org",
        "-servername, ed.example.org, ed.example.org",
        "-noservername, -nocommands, rsa.example.org"
    })
    void theCertificateIsThatOfTheNameOrElseTheFirst(String option, String name, String host)
            throws Exception {
        for (var listener : List.of("STARTTLS", "SMTPS")) {
            var seen = connect(listener, option, name);
            holds(seen);
            assertEquals(host, seen.host(), seen::words);
        }
    }

    private static String[] certified(String directory) {
        var own = keys.resolve(directory);
        return new String[] {
            "-cert", own.resolve("cert.pem").toString(), "-key", own.resolve("key.pem").toString()
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"VERIFIED", "DEMANDED"})
    void aClientWithACertificateOfTheAuthorityIsLetIn(String listener) throws Exception {
        holds(connect(listener, certified("friend")));
        house.awaitLog("cert-check result=\"verified\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"VERIFIED", "DEMANDED"})
    void aClientWithAnotherCertificateIsNotLetIn(String listener) throws Exception {
        fails(connect(listener, certified("stranger")));
        house.awaitLog("the client's certificate is not valid");
    }

    @ParameterizedTest
    @ValueSource(strings = {"VERIFIED", "DEMANDED"})
    void aClientWithoutACertificateIsNotLetIn(String listener) throws Exception {
        fails(connect(listener));
        house.awaitLog("the client shows no certificate");
    }

    @Test
    void onlyTheVersionsAndCiphersOfTheListenerAreSpoken() throws Exception {
        var seen = connect("OLDER");
        holds(seen);
        assertTrue(seen.says("New, TLSv1.2, Cipher is ECDHE-RSA-AES128-GCM-SHA256"), seen::words);
        fails(connect("OLDER", "-tls1_3"));
        fails(connect("OLDER", "-tls1_2", "-cipher", "ECDHE-RSA-AES256-GCM-SHA384"));
        fails(connect("NEWER", "-tls1_2"));
        holds(connect("NEWER"));
        house.awaitLog("the client speaks no version of TLS that is allowed");
        house.awaitLog("no cipher in common");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1", "-tls1_1"})
    void olderVersionsAreNeverSpoken(String version) throws Exception {
        fails(connect("SMTPS", version, "-cipher", "DEFAULT:@SECLEVEL=0"));
    }

    @Test
    void swaksDeliversOverTls() throws Exception {
        swaks(port("STARTTLS"), "--tls", "swaks-starttls");
        swaks(port("SMTPS"), "--tls-on-connect", "swaks-smtps");
        for (var subject : List.of("swaks-starttls", "swaks-smtps")) {
            var mail = house.awaitSubject("home/Maildir", subject);
            assertTrue(mail.contains(" (TLSv1.3:TLS_"), mail);
        }
    }

    private static void swaks(int port, String how, String subject) throws Exception {
        int status =
                SystemUsers.run(
                        "swaks",
                        "--server",
                        "127.0.0.1:" + port,
                        how,
                        "--helo",
                        "client.example.net",
                        "--from",
                        "ann@example.net",
                        "--to",
                        "carol@example.org",
                        "--header",
                        "Subject: " + subject);
        assertEquals(0, status, house::log);
    }

    @ParameterizedTest
    @CsvSource({"STARTTLS, no", "SMTPS, yes"})
    void postfixThatVerifiesUsDeliversOverTls(String listener, String wrapper) throws Exception {
        postfixDelivers(listener, wrapper);
    }

    @ParameterizedTest
    @CsvSource({"DEMANDED, no", "VERIFIED, yes"})
    void postfixThatShowsACertificateIsVerified(String listener, String wrapper) throws Exception {
        var friend = keys.resolve("friend");
        var chain =
                "smtp_tls_chain_files = "
                        + friend.resolve("key.pem")
                        + ", "
                        + friend.resolve("cert.pem");
        var mail = postfixDelivers(listener, wrapper, chain);
        assertTrue(mail.contains(":YES)") || mail.contains("verify=YES"), mail);
    }

    private static String postfixDelivers(String listener, String wrapper, String... more)
            throws Exception {
        int between = Ports.free();
        var words =
                new ArrayList<>(
                        List.of(
                                Integer.toString(between),
                                Integer.toString(port(listener)),
                                "smtp_tls_security_level = secure",
                                "smtp_tls_secure_cert_match = rsa.example.org",
                                "smtp_tls_CAfile = " + ours.certificate(),
                                "smtp_tls_wrappermode = " + wrapper,
                                "smtp_tls_loglevel = 1"));
        words.addAll(List.of(more));
        try (var postfix = Neighbour.start("postfix-relay", words.toArray(String[]::new))) {
            var subject = "postfix-" + listener;
            assertEquals(
                    0,
                    SystemUsers.run(
                            "swaks",
                            "--server",
                            "127.0.0.1:" + between,
                            "--from",
                            "ann@example.net",
                            "--to",
                            "carol@example.org",
                            "--header",
                            "Subject: " + subject));
            var mail = house.awaitSubject("home/Maildir", subject);
            assertTrue(mail.contains("TLSv1.3:TLS_"), mail);
            return mail;
        }
    }

    /// What `smtp` says of a login with that password, trusting one of the authorities.
    private static String smtp(String server, String password, String authority) throws Exception {
        var login = Files.writeString(keys.resolve("login"), "joe\n" + password + "\n");
        var process =
                new ProcessBuilder(
                                Installation.command(
                                        "smtp",
                                        "-a",
                                        login.toString(),
                                        "-S",
                                        "rsa.example.org",
                                        "-T",
                                        "cafile=" + keys.resolve(authority + "/authority.pem"),
                                        "-F",
                                        "ann@example.org",
                                        "-s",
                                        server,
                                        "carol@example.org"))
                        .redirectErrorStream(true)
                        .start();
        try (var in = process.getOutputStream()) {
            in.write("Subject: program\n\nx\n".getBytes(StandardCharsets.US_ASCII));
        }
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), said);
        return process.exitValue() + " " + said;
    }

    @Test
    void ourOwnClientLogsInOverTlsAndSends() throws Exception {
        for (var server :
                List.of(
                        "smtp+tls://127.0.0.1:" + port("SUBMISSION"),
                        "smtps://127.0.0.1:" + port("SUBMISSIONS"))) {
            var said = smtp(server, "sesame", "ours");
            assertTrue(said.startsWith("0 carol@example.org: Ok: 250 2.0.0 "), said);
        }
        assertTrue(house.awaitSubject("home/Maildir", "program").contains("ESMTPSA"), house::log);
    }

    @Test
    void ourOwnClientTellsThatALoginIsWrongAndACertificateNotBelieved() throws Exception {
        var server = "smtps://127.0.0.1:" + port("SUBMISSIONS");
        var wrong = smtp(server, "wrong", "ours");
        assertTrue(wrong.startsWith("1 smtp: AUTH: 535 "), wrong);
        var foreign = smtp(server, "sesame", "people");
        assertTrue(foreign.startsWith("75 smtp: 127.0.0.1: "), foreign);
    }

    /// In clear text anybody on the way could have said it.
    @Test
    void whatComesWithStartTlsIsNeverCarriedOut() throws Exception {
        try (var client = house.client().greeted()) {
            client.say("STARTTLS\r\nMAIL FROM:<injected@example.net>");
            assertEquals("", client.hear().startsWith("5") ? client.hear() : "no refusal");
        }
    }

    @Test
    void whatComesInClearTextAfterStartTlsEndsTheConnection() throws Exception {
        try (var client = house.client().greeted()) {
            client.ask("STARTTLS", "220");
            client.say("MAIL FROM:<injected@example.net>");
            var heard = client.hear();
            assertFalse(heard.startsWith("2"), heard);
        }
        house.awaitLog("what came is not TLS");
    }

    @Test
    void noSessionIsResumed() throws Exception {
        for (var version : List.of("-tls1_2", "-tls1_3")) {
            var kept = keys.resolve("session" + version).toString();
            var first =
                    connect("SMTPS", version, "-servername", "rsa.example.org", "-sess_out", kept);
            holds(first);
            assertFalse(first.says("New Session Ticket arrived"), first::words);
            assertFalse(first.says("TLS session ticket:"), first::words);
            if (Files.exists(Path.of(kept))) {
                var again =
                        connect(
                                "SMTPS",
                                version,
                                "-servername",
                                "other.example.org",
                                "-sess_in",
                                kept);
                holds(again);
                assertFalse(again.says("Reused, "), again::words);
                assertEquals("other.example.org", again.host(), again::words);
            }
        }
        var all = connect("SMTPS", "-tls1_2", "-reconnect");
        assertFalse(all.says("Reused, "), all::words);
    }

    @Test
    void aRenewedCertificateIsSoonShown() throws Exception {
        holds(connect("RENEWED"));
        var next = keys.resolve("next");
        ours.certify("renewed.example.org", next, Authority.Kind.RSA);
        var place = keys.resolve("renewed");
        for (var file : List.of("cert.pem", "key.pem")) { // one after the other, as tools do
            Files.move(next.resolve(file), place.resolve(file), StandardCopyOption.ATOMIC_MOVE);
        }
        house.eventually("the new certificate", () -> signature("RENEWED").equals("RSA-PSS"));
        assertFalse(house.log().contains("the old ones stay"), house::log);
    }

    private static String signature(String listener) {
        try {
            var seen = connect(listener);
            holds(seen);
            return seen.says("Peer signature type: RSA-PSS") ? "RSA-PSS" : "another";
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /// The files of the new key are none that the keeper may read, so there is a new keeper, which
    /// knows nothing of the old key.
    @Test
    void noHandshakeFailsWhileAKeyGivesWayToAnother() throws Exception {
        long keeper = house.pid("keeper");
        try (var load = new ShakingLoad(port("CHANGED"), 3)) {
            for (int i = 1; i <= 3; i++) {
                var place = house.root().resolve("changed" + i);
                ours.certify("changed.example.org", place, Authority.Kind.P256);
                plot.file("smtpd.conf", config.replace("/changed0/", "/changed" + i + "/"));
                var answer = house.smtpctl("reload");
                assertFalse(answer.contains("smtpctl:"), answer);
                var certificate = OpenSsl.certificate(place.resolve("cert.pem"));
                house.eventually("the new certificate", () -> load.hasSeen(certificate));
                assertEquals(List.of(), load.troubles(), house::log);
            }
        }
        assertNotEquals(keeper, house.pid("keeper"));
    }

    @Test
    void withoutTheKeeperSessionsEndClearlyAndAfterItHandshakesWorkAgain() throws Exception {
        long pid = house.pid("keeper");
        var keeper = ProcessHandle.of(pid).orElseThrow();
        int before = connections();
        var waiting = new ArrayList<Process>();
        try {
            Standstill.of(pid);
            for (int i = 0; i < 4; i++) {
                waiting.add(client(port("SMTPS"), "waiting" + i));
            }
            house.eventually("four connections", () -> connections() >= before + 4);
        } finally {
            assertTrue(keeper.destroyForcibly());
        }
        for (var client : waiting) {
            assertTrue(client.waitFor(60, TimeUnit.SECONDS), house::log);
        }
        house.eventually("a handshake", () -> works("SMTPS") && works("STARTTLS"));
        assertNotEquals(pid, house.pid("keeper"));
        house.awaitLog("keeper cannot be asked: ");
        assertFalse(house.log().contains("CertificateVerify"), house::log);
        assertFalse(house.log().contains("java."), house::log);
    }

    private static int connections() {
        return house.log().split(" smtp connected ", -1).length;
    }

    /// A client that connects and says nothing.
    private static Process client(int port, String output) throws Exception {
        return new ProcessBuilder(
                        "timeout",
                        "60",
                        "openssl",
                        "s_client",
                        "-connect",
                        "127.0.0.1:" + port,
                        "-ign_eof")
                .redirectErrorStream(true)
                .redirectOutput(keys.resolve(output).toFile())
                .start();
    }

    private static boolean works(String listener) {
        try {
            return connect(listener).status() == 0;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static String stats() {
        try {
            return house.smtpctl("show", "stats");
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void sessionsOverTlsAreCountedWhileTheyLast() throws Exception {
        var client = client(port("RENEWED"), "counted");
        try {
            house.eventually("a session", () -> stats().contains("\nsmtp.smtps=1\nsmtp.tls=0\n"));
        } finally {
            client.destroy();
        }
        house.eventually("its end", () -> stats().contains("\nsmtp.smtps=0\n"));
    }
}
