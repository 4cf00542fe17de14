package org.postern.keeper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.config.Config;
import org.postern.config.Host;
import org.postern.config.Service;
import org.postern.config.Sources;
import org.postern.ipc.Authentication;
import org.postern.ipc.Authentication.Answer;
import org.postern.ipc.Authentication.Book;
import org.postern.ipc.Authentication.Claimant;
import org.postern.ipc.Deadlines;
import org.postern.log.Log;
import org.postern.mail.Chunk;
import org.postern.os.Crypt;
import org.postern.smtp.ScramKeys;
import org.postern.table.Backend;

/// Who may log in, as the keeper judges it.
class LoginDeskTest {
    private static final Book PASSWORDS = new Book.Table("passwords");
    private static final ScramKeys KEYS =
            ScramKeys.of(Chunk.of("pencil"), Chunk.of("0123456789abcdef"), 4096);

    @TempDir Path folder;
    private final List<String> log = new ArrayList<>();
    private Crypt crypt;

    @BeforeEach
    void open() throws IOException {
        crypt = Crypt.open();
    }

    private String hash(String prefix, String password) throws IOException {
        var setting = crypt.setting(prefix).orElseThrow();
        return crypt.hash(password.getBytes(StandardCharsets.ISO_8859_1), setting).orElseThrow();
    }

    private LoginDesk desk(String... lines) throws Exception {
        Files.writeString(folder.resolve("passwords"), String.join("\n", lines) + "\n");
        return desk("file:FOLDER/passwords", Backend.Source.NONE);
    }

    /// A desk whose passwords a program has.
    private LoginDesk asking(Map<String, String> entries, Service... services) throws Exception {
        return desk("helper", _ -> new Program(entries, Set.of(services)));
    }

    /// A program that answers for a table.
    private record Program(Map<String, String> entries, Set<Service> served) implements Backend {
        @Override
        public org.postern.table.Answer<String> contains(Service service, String key) {
            return lookup(service, key);
        }

        @Override
        public org.postern.table.Answer<String> lookup(Service service, String key) {
            var found = entries.get(service + " " + key);
            return found == null
                    ? new org.postern.table.Answer.Absent<>()
                    : new org.postern.table.Answer.Found<>(found);
        }

        @Override
        public org.postern.table.Answer<String> fetch(Service service) {
            return new org.postern.table.Answer.Absent<>();
        }

        @Override
        public org.postern.table.Answer<Set<Service>> services(Duration patience) {
            return served.isEmpty()
                    ? new org.postern.table.Answer.Failed<>("away")
                    : new org.postern.table.Answer.Found<>(served);
        }

        @Override
        public org.postern.table.Answer<Integer> reload() {
            return new org.postern.table.Answer.Found<>(0);
        }
    }

    /// What judges accounts where the system's configuration says that PAM does.
    private final Backend accounts = new Program(Map.of(), Set.of(Service.AUTH));

    private LoginDesk desk(String origin, Backend.Source backend) throws Exception {
        Files.writeString(folder.resolve("others"), "eve: $6$abc$def\n");
        var text =
                """
                table passwords ORIGIN
                table others file:FOLDER/others
                listen on lo port 2525 auth <passwords> auth-without-tls
                action "out" relay
                match from auth for any action "out"
                """
                        .replace("ORIGIN", origin)
                        .replace("FOLDER", folder.toString());
        var config =
                Config.parse(Sources.of("smtpd.conf", text, new Host("mx.example.org", List.of())));
        var quiet = new Log((_, line) -> log.add(line));
        return new LoginDesk(
                Books.open(config, backend, () -> Optional.of(accounts), quiet),
                new Guesses(InstantSource.fixed(Instant.EPOCH.plusSeconds(1_000_000))),
                Chunk.of("a secret"),
                quiet,
                new Deadlines());
    }

    private static Claimant claimant(String user) {
        return new Claimant(PASSWORDS, "192.0.2.1", user);
    }

    private static Answer check(LoginDesk desk, String user, String password) {
        return desk.answer(new Authentication.Check(claimant(user), Chunk.of(password)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"$y$", "$gy$", "$7$", "$6$", "$5$", "$2b$", "$1$"})
    void theRightPasswordFitsItsHashAndNoOtherDoes(String kind) throws Exception {
        var desk = desk("alice: " + hash(kind, "secret"));
        assertEquals(new Answer.Right(), check(desk, "alice", "secret"));
        assertEquals(new Answer.Right(), check(desk, "Alice", "secret"));
        assertEquals(new Answer.Wrong(), check(desk, "alice", "Secret"));
        assertEquals(new Answer.Wrong(), check(desk, "bob", "secret"));
    }

    @Test
    void aHashMayStandBehindAName() throws Exception {
        var desk = desk("alice: al:" + hash("$5$", "secret"));
        assertEquals(new Answer.Right(), check(desk, "alice", "secret"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "abJnggxhB/yWI", // DES
                "_J9..rasmBYk8r9AiWNc", // BSDi
                "$3$$8846f7eaee8fb117ad06bdd830b7586c", // NT
                "secret",
                "!$6$abc$def",
                "***",
                "SCRAM-SHA-256$1:AAAA$AAAA:AAAA"
            })
    void whatIsNoGoodHashFitsNoPassword(String stored) throws Exception {
        var desk = desk("alice: " + stored);
        assertEquals(new Answer.Wrong(), check(desk, "alice", "secret"));
        assertTrue(log.stream().noneMatch(line -> line.contains(stored)), log.toString());
    }

    @Test
    void aTableThatNoListenerNamesIsNotAsked() throws Exception {
        var desk = desk("alice: " + hash("$5$", "secret"));
        for (var book : List.of(new Book.Table("others"), new Book.Accounts())) {
            var other = new Claimant(book, "192.0.2.1", "eve");
            assertInstanceOf(
                    Answer.Unavailable.class,
                    desk.answer(new Authentication.Check(other, Chunk.of("x"))));
            assertInstanceOf(Answer.Unavailable.class, desk.answer(new Authentication.Salt(other)));
            assertInstanceOf(Answer.Unavailable.class, desk.answer(new Authentication.Ways(book)));
        }
    }

    @Test
    void whoGuessesWaits() throws Exception {
        var desk = desk("alice: " + hash("$1$", "secret"));
        for (int i = 0; i < 4; i++) {
            assertEquals(new Answer.Wrong(), check(desk, "alice", "guess" + i));
        }
        assertInstanceOf(Answer.Wait.class, check(desk, "alice", "secret"));
    }

    @Test
    void scramIsOfferedWhereEveryLoginCanUseIt() throws Exception {
        var all = desk("alice: " + KEYS.text(), "bob: " + KEYS.text());
        assertEquals(
                new Answer.Offered(Set.of(Authentication.Way.PASSWORD, Authentication.Way.SCRAM)),
                all.answer(new Authentication.Ways(PASSWORDS)));
        var some = desk("alice: " + KEYS.text(), "bob: " + hash("$5$", "secret"));
        assertEquals(
                new Answer.Offered(Set.of(Authentication.Way.PASSWORD)),
                some.answer(new Authentication.Ways(PASSWORDS)));
        assertEquals(
                new Answer.Offered(Set.of(Authentication.Way.PASSWORD)),
                desk().answer(new Authentication.Ways(PASSWORDS)));
    }

    @Test
    void aScramPasswordMayAlsoBeSent() throws Exception {
        var desk = desk("alice: " + KEYS.text());
        assertEquals(new Answer.Right(), check(desk, "alice", "pencil"));
        assertEquals(new Answer.Wrong(), check(desk, "alice", "pen"));
        assertEquals(new Answer.Wrong(), check(desk, "bob", "pencil"));
    }

    @Test
    void unknownNamesHaveASaltThatStaysAndIsTheirs() throws Exception {
        var desk = desk("alice: " + KEYS.text());
        var salts = new ArrayList<Answer>();
        for (var user : List.of("alice", "bob", "BOB", "carol")) {
            salts.add(desk.answer(new Authentication.Salt(claimant(user))));
        }
        assertEquals(new Answer.Salted(KEYS.salt(), 4096), salts.get(0));
        assertEquals(salts.get(1), salts.get(2));
        assertNotEquals(salts.get(1), salts.get(3));
        var madeUp = assertInstanceOf(Answer.Salted.class, salts.get(1));
        assertEquals(KEYS.salt().length(), madeUp.salt().length());
        assertEquals(4096, madeUp.iterations());
    }

    @Test
    void unknownNamesHaveASaltLikeMost() throws Exception {
        var other = ScramKeys.of(Chunk.of("x"), Chunk.of("0123456789"), 5000).text();
        var desk = desk("alice: " + KEYS.text(), "bob: " + other, "carol: " + other);
        var answer = desk.answer(new Authentication.Salt(claimant("nobody")));
        var madeUp = assertInstanceOf(Answer.Salted.class, answer);
        assertEquals(10, madeUp.salt().length());
        assertEquals(5000, madeUp.iterations());
        assertEquals(
                answer,
                desk("alice: " + KEYS.text(), "bob: " + other, "carol: " + other)
                        .answer(new Authentication.Salt(claimant("nobody"))));
    }

    private static Answer bear(LoginDesk desk, String user, String token) {
        return desk.answer(new Authentication.Bear(claimant(user), Chunk.of(token)));
    }

    @Test
    void aProgramMayJudgePasswords() throws Exception {
        var desk =
                asking(
                        Map.of("AUTH Alice:se:cret", "x", "AUTH \u00c3\u00a4:\u00ff", "x"),
                        Service.AUTH);
        assertEquals(new Answer.Right(), check(desk, "Alice", "se:cret"));
        assertEquals(new Answer.Right(), check(desk, "\u00e4", "\u00ff"));
        assertEquals(new Answer.Wrong(), check(desk, "alice", "se:cret"));
        assertEquals(new Answer.Wrong(), check(desk, "Alice:se", "cret"));
        assertEquals(new Answer.Wrong(), bear(desk, "Alice", "se:cret"));
        assertEquals(
                new Answer.Offered(Set.of(Authentication.Way.PASSWORD)),
                desk.answer(new Authentication.Ways(PASSWORDS)));
    }

    @Test
    void aProgramMayHaveTheHashes() throws Exception {
        var desk =
                asking(
                        Map.of("CREDENTIALS alice", "alice:" + hash("$5$", "secret")),
                        Service.CREDENTIALS);
        assertEquals(new Answer.Right(), check(desk, "Alice", "secret"));
        assertEquals(new Answer.Wrong(), check(desk, "alice", "Secret"));
        assertEquals(new Answer.Wrong(), check(desk, "bob", "secret"));
    }

    @Test
    void aProgramMayKnowWhoseATokenIs() throws Exception {
        var desk =
                asking(
                        Map.of(
                                "TOKEN alice:t",
                                "Alice",
                                "TOKEN :t",
                                "Alice",
                                "TOKEN bob:t",
                                "Alice"),
                        Service.TOKEN);
        assertEquals(new Answer.Named("alice"), bear(desk, "alice", "t"));
        assertEquals(new Answer.Named("Alice"), bear(desk, "", "t"));
        assertEquals(new Answer.Wrong(), bear(desk, "bob", "t"));
        assertEquals(new Answer.Wrong(), bear(desk, "alice", "u"));
        assertEquals(
                new Answer.Offered(Set.of(Authentication.Way.TOKEN)),
                desk.answer(new Authentication.Ways(PASSWORDS)));
    }

    @Test
    void whoGuessesTokensWaits() throws Exception {
        var desk = asking(Map.of(), Service.TOKEN);
        for (int i = 0; i < 4; i++) {
            assertEquals(new Answer.Wrong(), bear(desk, "alice", "t" + i));
        }
        assertInstanceOf(Answer.Wait.class, bear(desk, "alice", "t"));
    }

    @Test
    void aProgramThatIsAwaySaysNothingOfAPassword() throws Exception {
        var desk = asking(Map.of());
        assertInstanceOf(Answer.Unavailable.class, check(desk, "alice", "secret"));
        assertInstanceOf(Answer.Unavailable.class, bear(desk, "alice", "t"));
        assertEquals(
                new Answer.Offered(Set.of(Authentication.Way.PASSWORD)),
                desk.answer(new Authentication.Ways(PASSWORDS)));
    }

    /// A full-width letter is the letter (RFC 4013 section 2.2).
    @Test
    void scramPasswordsArePrepared() throws Exception {
        var desk = desk("alice: " + KEYS.text());
        var written = Chunk.of("\uff50encil", StandardCharsets.UTF_8);
        assertEquals(
                new Answer.Right(),
                desk.answer(new Authentication.Check(claimant("alice"), written)));
    }

    /// The example of RFC 7677 section 3.
    @Test
    void aProofIsProved() throws Exception {
        var salt = Chunk.handOver(Base64.getDecoder().decode("W22ZaJ0SNY7soEsUEjb6gQ=="));
        var desk = desk("user: " + ScramKeys.of(Chunk.of("pencil"), salt, 4096).text());
        var nonce = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
        var said =
                Chunk.of(
                        "n=user,r=rOprNGfwEbeRWgbNEkqO,r="
                                + nonce
                                + ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,r="
                                + nonce);
        var proof =
                Chunk.handOver(
                        Base64.getDecoder().decode("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="));
        var signature =
                Chunk.handOver(
                        Base64.getDecoder().decode("6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="));
        assertEquals(
                new Answer.Proved(signature),
                desk.answer(new Authentication.Prove(claimant("user"), said, proof)));
        assertEquals(
                new Answer.Wrong(),
                desk.answer(new Authentication.Prove(claimant("user"), Chunk.of("x"), proof)));
        assertEquals(
                new Answer.Wrong(),
                desk.answer(new Authentication.Prove(claimant("bob"), said, proof)));
    }
}
