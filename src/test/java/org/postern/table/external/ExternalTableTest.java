package org.postern.table.external;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postern.Eventually;
import org.postern.config.Service;
import org.postern.table.Answer;
import org.postern.table.external.ExternalTable.Renewal;
import org.postern.table.external.Program.Deed;
import org.postern.table.external.Program.Talk;

/// What front makes of table programs, the good and the bad.
@Timeout(180)
class ExternalTableTest {
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir Path folder;

    private final List<String> log = new CopyOnWriteArrayList<>();

    private ExternalTable table(Program program, Duration patience) {
        return ExternalTable.open("devs", program::connect, Renewal.UPDATE, patience, log::add);
    }

    private interface Question {
        Answer<String> ask(ExternalTable table) throws Exception;
    }

    /// What a program that does this makes of one question.
    private Answer<String> answer(Deed deed, Question question) throws Exception {
        return answer(LONG, deed, question);
    }

    private Answer<String> answer(Duration patience, Deed deed, Question question)
            throws Exception {
        try (var program = Program.doing(folder, deed);
                var table = table(program, patience)) {
            return question.ask(table);
        }
    }

    private static Deed replying(String service, String reply) {
        return talk -> {
            talk.greet(service);
            while (true) {
                var request = talk.request();
                talk.say(reply.replace("ID", Talk.id(request)));
            }
        };
    }

    private static void assertFailed(String why, Answer<String> answer) {
        assertTrue(
                answer instanceof Answer.Failed<String>(var cause) && cause.contains(why),
                answer::toString);
    }

    @Test
    void theDialogueIsThatOfTheProtocol() throws Exception {
        var dialogue = new CopyOnWriteArrayList<String>();
        Deed deed =
                talk -> {
                    for (int i = 0; i < 4; i++) {
                        dialogue.add(talk.hear());
                    }
                    talk.say("register|alias");
                    talk.say("register|netaddr");
                    talk.say("register|source");
                    talk.say("register|ready");
                    String[] replies = {
                        "check-result|ID|found",
                        "lookup-result|ID|found|ann, bob@example.org",
                        "lookup-result|ID|not-found",
                        "fetch-result|ID|found|192.0.2.7",
                        "update-result|ID|ok"
                    };
                    for (var reply : replies) {
                        var line = talk.hear();
                        var fields = line.split("\\|", 8);
                        dialogue.add(
                                line.replaceAll("\\|\\d+\\.\\d{6}\\|", "|TIME|")
                                        .replaceAll("\\|[0-9a-f]{8}(\\||$)", "|ID$1"));
                        talk.say(reply.replace("ID", Talk.id(fields)));
                    }
                    talk.hear();
                };
        var answers = new ArrayList<Answer<?>>();
        try (var program = Program.doing(folder, deed);
                var table = table(program, LONG)) {
            answers.add(table.contains(Service.NETADDR, "192.0.2.1"));
            answers.add(table.lookup(Service.ALIAS, "a|b"));
            answers.add(table.lookup(Service.ALIAS, "nobody"));
            answers.add(table.fetch(Service.SOURCE));
            answers.add(table.reload());
        }
        assertEquals(
                List.of(
                        "config|smtpd-version|7.8.0-postern",
                        "config|protocol|0.1",
                        "config|tablename|devs",
                        "config|ready",
                        "table|0.1|TIME|devs|check|netaddr|ID|192.0.2.1",
                        "table|0.1|TIME|devs|lookup|alias|ID|a|b",
                        "table|0.1|TIME|devs|lookup|alias|ID|nobody",
                        "table|0.1|TIME|devs|fetch|source|ID",
                        "table|0.1|TIME|devs|update|ID"),
                dialogue);
        assertEquals(
                List.of(
                        new Answer.Found<>("192.0.2.1"),
                        new Answer.Found<>("ann, bob@example.org"),
                        new Answer.Absent<>(),
                        new Answer.Found<>("192.0.2.7"),
                        new Answer.Found<>(0)),
                answers);
    }

    @Test
    void anErrorIsNotAbsence() throws Exception {
        assertFailed(
                "no database",
                answer(
                        replying("alias", "lookup-result|ID|error|no database"),
                        table -> table.lookup(Service.ALIAS, "ann")));
    }

    @Test
    void anErrorMayBeWithoutWords() throws Exception {
        assertFailed(
                "could not look",
                answer(
                        replying("alias", "lookup-result|ID|error"),
                        table -> table.lookup(Service.ALIAS, "ann")));
    }

    @Test
    void anEmptyValueFails() throws Exception {
        assertFailed(
                "an empty value",
                answer(
                        replying("alias", "lookup-result|ID|found|"),
                        table -> table.lookup(Service.ALIAS, "ann")));
    }

    @Test
    void aServiceThatIsNotRegisteredIsNotAskedFor() throws Exception {
        assertFailed(
                "does not serve credentials",
                answer(
                        replying("alias", "lookup-result|ID|found|x"),
                        table -> table.lookup(Service.CREDENTIALS, "ann")));
    }

    @Test
    void aKeyThatWouldBeAnotherLineIsNotAskedFor() throws Exception {
        for (var key : List.of("a\nb", "a\rb", "a\0b")) {
            assertFailed(
                    "cannot be asked for",
                    answer(
                            replying("alias", "lookup-result|ID|found|x"),
                            table -> table.lookup(Service.ALIAS, key)));
        }
    }

    @Test
    void aValueMayHoldBars() throws Exception {
        assertEquals(
                new Answer.Found<>("a|b||"),
                answer(
                        replying("alias", "lookup-result|ID|found|a|b||"),
                        table -> table.lookup(Service.ALIAS, "ann")));
    }

    @Test
    void whatIsNoReplyEndsTheProgram() throws Exception {
        for (var nonsense :
                List.of(
                        "hello",
                        "",
                        "lookup-result|ID",
                        "lookup-result|ID|maybe",
                        "lookup-result|ID|found",
                        "lookup-result|ID|not-found|x",
                        "check-result|ID|found",
                        "fetch-result|ID|found|x",
                        "lookup-result|00000000|found|x")) {
            log.clear();
            assertInstanceOf(
                    Answer.Failed.class,
                    answer(
                            replying("alias", nonsense),
                            table -> {
                                var answer = table.lookup(Service.ALIAS, "ann");
                                Eventually.holds("a line", () -> !log.isEmpty());
                                return answer;
                            }),
                    nonsense);
            assertTrue(log.toString().contains("it "), log::toString);
        }
    }

    @Test
    void aProgramThatEndsFailsThoseWhoWaitAndIsStartedAnew() throws Exception {
        Deed deed =
                talk -> {
                    talk.greet("alias");
                    var request = talk.request();
                    if (talk.number() == 0) {
                        return;
                    }
                    talk.say("lookup-result|" + Talk.id(request) + "|found|bob");
                    talk.hear();
                };
        try (var program = Program.doing(folder, deed);
                var table = table(program, LONG)) {
            assertFailed("it ended", table.lookup(Service.ALIAS, "ann"));
            assertEquals(new Answer.Found<>("bob"), table.lookup(Service.ALIAS, "ann"));
        }
    }

    @Test
    void aProgramThatHangsFailsInTimeAndIsStartedAnew() throws Exception {
        Deed deed =
                talk -> {
                    talk.greet("alias");
                    while (true) {
                        var request = talk.request();
                        if (talk.number() > 0) {
                            talk.say("lookup-result|" + Talk.id(request) + "|found|bob");
                        }
                    }
                };
        try (var program = Program.doing(folder, deed);
                var table = table(program, SHORT)) {
            var failures = new ArrayList<Answer<String>>();
            var found = new Answer.Found<>("bob");
            Eventually.holds(
                    "an answer",
                    () -> {
                        var answer = table.lookup(Service.ALIAS, "ann");
                        if (answer.equals(found)) {
                            return true;
                        }
                        failures.add(answer);
                        return false;
                    });
            failures.forEach(failure -> assertInstanceOf(Answer.Failed.class, failure));
            assertTrue(failures.toString().contains("does not answer in time"), failures + "");
            assertTrue(program.connections() > 1);
        }
    }

    @Test
    void aLateReplyIsNobodysAndDoesNoHarm() throws Exception {
        var mayReply = new CountDownLatch(1);
        Deed deed =
                talk -> {
                    talk.greet("alias");
                    var first = talk.request();
                    mayReply.await();
                    talk.say("lookup-result|" + Talk.id(first) + "|found|late");
                    while (true) {
                        var request = talk.request();
                        talk.say("lookup-result|" + Talk.id(request) + "|found|" + request[7]);
                    }
                };
        try (var program = Program.doing(folder, deed);
                var table = table(program, Duration.ofSeconds(2))) {
            Eventually.holds(
                    "a question that is not answered in time",
                    () -> table.lookup(Service.ALIAS, "ann").toString().contains("in time"));
            mayReply.countDown();
            // On a slow machine, this too may come late.
            var answers = new LinkedHashSet<Answer<String>>();
            var found = new Answer.Found<>("bob");
            Eventually.holds(
                    "an answer",
                    () -> {
                        answers.add(table.lookup(Service.ALIAS, "bob"));
                        return answers.contains(found);
                    });
            assertFalse(answers.contains(new Answer.Found<>("late")), answers + "");
            assertEquals(1, program.connections());
        }
    }

    @Test
    void manyAskAtOnceAndEachGetsItsOwnAnswer() throws Exception {
        Deed backwards =
                talk -> {
                    talk.greet("alias");
                    while (true) {
                        var requests = new ArrayList<String[]>();
                        for (int i = 0; i < 10; i++) {
                            requests.add(talk.request());
                        }
                        for (var request : requests.reversed()) {
                            talk.say(
                                    "lookup-result|"
                                            + Talk.id(request)
                                            + "|found|"
                                            + request[7].toUpperCase(java.util.Locale.ROOT));
                        }
                    }
                };
        try (var program = Program.doing(folder, backwards);
                var table = table(program, LONG)) {
            var wrong = new CopyOnWriteArrayList<String>();
            var threads = new ArrayList<Thread>();
            for (int i = 0; i < 500; i++) {
                var key = "k" + i;
                threads.add(
                        Thread.ofVirtual()
                                .start(
                                        () -> {
                                            var answer = table.lookup(Service.ALIAS, key);
                                            var right = key.toUpperCase(java.util.Locale.ROOT);
                                            if (!answer.equals(new Answer.Found<>(right))) {
                                                wrong.add(key + ": " + answer);
                                            }
                                        }));
            }
            for (var thread : threads) {
                thread.join();
            }
            assertEquals(List.of(), wrong);
        }
    }

    @Test
    void aFloodEndsTheProgram() throws Exception {
        Deed flood =
                talk -> {
                    talk.greet("alias");
                    talk.request();
                    while (true) {
                        talk.say("lookup-result|deadbeef|found|" + "x".repeat(1000));
                    }
                };
        assertFailed("nobody asked", answer(flood, table -> table.lookup(Service.ALIAS, "ann")));
    }

    @Test
    void aLineWithoutEndEndsTheProgram() throws Exception {
        Deed endless =
                talk -> {
                    talk.greet("alias");
                    var request = talk.request();
                    var piece = "x".repeat(100_000);
                    talk.say("lookup-result|" + Talk.id(request) + "|found|" + piece.repeat(10));
                    talk.hear();
                };
        assertFailed(
                "a line of more than",
                answer(endless, table -> table.lookup(Service.ALIAS, "ann")));
    }

    @Test
    void aProgramThatDoesNotReadDoesNotHoldUpItsAskers() throws Exception {
        Deed deaf =
                talk -> {
                    talk.greet("alias");
                    new CountDownLatch(1).await();
                };
        var key = "k".repeat(1000);
        try (var program = Program.doing(folder, deaf);
                var table = table(program, SHORT)) {
            var threads = new ArrayList<Thread>();
            var answers = new CopyOnWriteArrayList<Answer<String>>();
            for (int i = 0; i < 600; i++) {
                threads.add(
                        Thread.ofVirtual()
                                .start(() -> answers.add(table.lookup(Service.ALIAS, key))));
            }
            for (var thread : threads) {
                thread.join();
            }
            assertEquals(600, answers.size());
            assertTrue(answers.stream().allMatch(one -> one instanceof Answer.Failed));
        }
    }

    @Test
    void aBadGreetingIsNamedInTheLog() throws Exception {
        for (var greeting :
                List.of("register|aliases", "hello", "register|ready", "register|none")) {
            log.clear();
            assertInstanceOf(
                    Answer.Failed.class,
                    answer(
                            talk -> {
                                talk.say(greeting);
                                talk.say("register|ready");
                                while (true) {
                                    talk.hear();
                                }
                            },
                            table -> table.lookup(Service.ALIAS, "ann")),
                    greeting);
            assertTrue(
                    log.getFirst().contains(greeting)
                            || log.getFirst().contains("registered no service"),
                    log::toString);
        }
    }

    @Test
    void aProgramThatIsNeverThereIsSoonNotWaitedFor() throws Exception {
        try (var table =
                ExternalTable.open(
                        "devs",
                        () -> {
                            throw new java.io.IOException("nobody hears");
                        },
                        Renewal.UPDATE,
                        LONG,
                        log::add)) {
            for (int i = 0; i < 5; i++) {
                assertFailed("nobody hears", table.lookup(Service.ALIAS, "ann"));
            }
            // On a slow machine, one may be let through in between.
            Eventually.holds(
                    "a question that is kept away",
                    () ->
                            table.lookup(Service.ALIAS, "ann")
                                    .equals(new Answer.Failed<>("its program does not answer")));
            assertTrue(log.toString().contains("nobody hears"), log::toString);
            assertTrue(log.toString().contains("not asked for a while"), log::toString);
        }
    }

    @Test
    void aRenewalByRestartLosesNoQuestion() throws Exception {
        Deed deed =
                talk -> {
                    talk.greet("alias");
                    while (true) {
                        var request = talk.request();
                        talk.say("lookup-result|" + Talk.id(request) + "|found|" + talk.number());
                    }
                };
        try (var program = Program.doing(folder, deed);
                var table =
                        ExternalTable.open(
                                "devs", program::connect, Renewal.RESTART, LONG, log::add)) {
            assertEquals(new Answer.Found<>("0"), table.lookup(Service.ALIAS, "ann"));
            assertEquals(new Answer.Found<>(0), table.reload());
            assertEquals(new Answer.Found<>("1"), table.lookup(Service.ALIAS, "ann"));
            assertEquals(List.of(), log);
        }
    }

    @Test
    void anUpdateThatFailsSaysWhy() throws Exception {
        try (var program =
                        Program.doing(
                                folder, replying("alias", "update-result|ID|error|no database"));
                var table = table(program, LONG)) {
            assertEquals(new Answer.Failed<Integer>("not updated: no database"), table.reload());
        }
    }

    @Test
    void whatIsAskedOfAClosedTableFails() throws Exception {
        try (var program = Program.doing(folder, replying("alias", "lookup-result|ID|found|x"))) {
            var table = table(program, LONG);
            table.close();
            assertFailed("closed", table.lookup(Service.ALIAS, "ann"));
        }
    }
}
