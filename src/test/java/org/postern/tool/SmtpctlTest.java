package org.postern.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.Closeable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.UserPrincipal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postern.control.ControlPoint;
import org.postern.control.Order;
import org.postern.ipc.Deadlines;
import org.postern.ipc.Hearing;
import org.postern.ipc.Place;
import org.postern.ipc.Room;

/// `smtpctl` against rooms that say what they are told to.
class SmtpctlTest {
    @TempDir Path directory;

    private final Deadlines deadlines = new Deadlines();
    private final LinkedBlockingQueue<Order> orders = new LinkedBlockingQueue<>();
    private final List<Closeable> open = new ArrayList<>();
    private final Console console = new Console("smtpctl", "");
    private Place place;

    @BeforeEach
    void directories() throws Exception {
        place = Place.below(directory);
        for (var room : Room.values()) {
            Files.createDirectories(place.roomDirectory(room));
        }
    }

    @AfterEach
    void close() throws Exception {
        for (var hearing : open) {
            hearing.close();
        }
    }

    private static final class Silent implements Hearing.Reports {
        @Override
        public void refused(Path socket, String user) {}

        @Override
        public void broken(Path socket, Throwable cause) {}
    }

    private void room(Path socket, Order.Answer end, String... lines) throws Exception {
        ControlPoint.Room room =
                (order, out) -> {
                    orders.add(order);
                    for (var line : lines) {
                        out.line(line);
                    }
                    return end;
                };
        hear(socket, new Hearing.Audience.Anyone(), new ControlPoint(room, deadlines));
    }

    private void hear(Path socket, Hearing.Audience audience, Hearing.Hearer hearer)
            throws Exception {
        open.add(Hearing.open(socket, audience, 8, hearer, new Silent()));
    }

    private int smtpctl(String words) throws Exception {
        var arguments = new ArrayList<>(List.of("-R", directory.toString()));
        arguments.addAll(List.of(words.split(" ", -1)));
        return Smtpctl.run(console.terminal, Place.ofSystem(), arguments);
    }

    @Test
    void theQueueIsShownAsTheQueueTellsIt() throws Exception {
        room(place.controlSocket(Room.QUEUE), new Order.Answer.Done(2), "one|1", "two|2");
        assertEquals(0, smtpctl("show queue"));
        assertEquals("one|1\ntwo|2\n", console.out());
        assertEquals(new Order.ShowQueue(new Order.Selection.All()), orders.poll());
    }

    @Test
    void anExplanationEndsWithWhatTheClientIsTold() throws Exception {
        room(place.controlSocket(Room.FRONT), new Order.Answer.Done(1), "a step");
        assertEquals(0, smtpctl("explain rcpt bob@here.example from 192.0.2.1"));
        assertEquals("a step\naccepted: 1 envelope\n", console.out());
    }

    @ParameterizedTest
    @CsvSource({
        "550 5.1.1 Invalid recipient: <b@c.d>, 1, rejected: 550 5.1.1 Invalid recipient: <b@c.d>",
        "451 4.3.0 Temporary failure: <b@c.d>, 75, deferred: 451 4.3.0 Temporary failure: <b@c.d>"
    })
    void theReplyIsTheExitStatus(String reply, int status, String said) throws Exception {
        room(place.controlSocket(Room.FRONT), new Order.Answer.Refused(reply));
        assertEquals(status, smtpctl("explain rcpt b@c.d"));
        assertEquals(said + "\n", console.out());
    }

    @Test
    void aQuestionThatIsNoneIsAMistake() throws Exception {
        room(place.controlSocket(Room.FRONT), new Order.Answer.Refused("not an address: x"));
        assertEquals(1, smtpctl("explain rcpt b@c.d from x"));
        assertEquals(255, smtpctl("explain rcpt b@c.d from"));
        assertEquals("", console.out());
    }

    @Test
    void contentComesByteForByte() throws Exception {
        room(place.controlSocket(Room.QUEUE), new Order.Answer.Done(1), "caf\u00e9", "");
        assertEquals(0, smtpctl("show message 5c8e01d27a90b3f4"));
        assertEquals("caf\u00e9\n\n", console.out());
        assertEquals("5c8e01d2", ((Order.ShowMessage) orders.remove()).message().toString());
    }

    @ParameterizedTest
    @CsvSource({
        "remove all, 0, 0 envelope removed",
        "remove 5c8e01d27a90b3f4, 1, 1 envelope removed",
        "remove 5c8e01d2, 2, 2 envelopes removed",
        "schedule all, 3, 3 envelopes scheduled",
        "pause envelope all, 2, 2 envelopes paused",
        "resume envelope all, 1, 1 envelope resumed",
    })
    void countedCommandsSayHowMany(String words, long count, String said) throws Exception {
        room(place.controlSocket(Room.QUEUE), new Order.Answer.Done(count));
        assertEquals(0, smtpctl(words));
        assertEquals(said + "\n", console.out());
    }

    @ParameterizedTest
    @CsvSource({
        "pause mda, QUEUE, Pause[traffic=MDA]",
        "pause mta, QUEUE, Pause[traffic=MTA]",
        "pause smtp, FRONT, Pause[traffic=SMTP]",
        "resume mda, QUEUE, Resume[traffic=MDA]",
        "resume mta, QUEUE, Resume[traffic=MTA]",
        "resume smtp, FRONT, Resume[traffic=SMTP]",
    })
    void trafficIsPausedInTheRoomThatHasIt(String words, Room room, String order) throws Exception {
        room(place.controlSocket(room), new Order.Answer.Done(0));
        assertEquals(0, smtpctl(words));
        assertEquals("command succeeded\n", console.out());
        assertEquals(order, orders.remove().toString());
    }

    @Test
    void theFrontReadsATableAgain() throws Exception {
        room(place.controlSocket(Room.FRONT), new Order.Answer.Done(7));
        assertEquals(0, smtpctl("update table aliases"));
        assertEquals("command succeeded\n", console.out());
        assertEquals(new Order.UpdateTable("aliases"), orders.remove());
    }

    @ParameterizedTest
    @CsvSource({
        "reload, Reload[]",
        "log brief, LogBrief[]",
        "log json, LogAs[form=JSON]",
        "log text, LogAs[form=TEXT]",
        "log verbose, LogVerbose[]",
        "trace smtp, Trace[subsystem=smtp]",
        "untrace smtp, Untrace[subsystem=smtp]",
    })
    void theSupervisorReloadsAndIsToldHowLoudToBe(String words, String order) throws Exception {
        room(place.supervisorSocket(), new Order.Answer.Done(2));
        assertEquals(0, smtpctl(words));
        assertEquals(order, orders.remove().toString());
    }

    @Test
    void aBadConfigurationIsShownWithItsCaret() throws Exception {
        room(
                place.supervisorSocket(),
                new Order.Answer.Refused("it stays as it was"),
                "smtpd.conf:1:1: no such word",
                "foo",
                "^");
        assertEquals(1, smtpctl("reload"));
        assertEquals(
                "smtpd.conf:1:1: no such word\nfoo\n^\ncommand failed: it stays as it was\n",
                console.err());
    }

    @Test
    void aRefusalIsExitStatusOne() throws Exception {
        room(place.controlSocket(Room.QUEUE), new Order.Answer.Refused("no such envelope"));
        assertEquals(1, smtpctl("show envelope 5c8e01d27a90b3f4"));
        assertEquals("smtpctl: no such envelope\n", console.err());
    }

    @Test
    void aServerThatDoesNotRunIsNamed() throws Exception {
        assertEquals(1, smtpctl("show queue"));
        assertEquals(
                "smtpctl: smtpd is not running (no server at " + place.run() + ")\n",
                console.err());
    }

    private Path pidFile(long pid) throws Exception {
        return Files.writeString(place.run().resolve("smtpd.pid"), pid + "\n");
    }

    @Test
    void aServerThatDoesNotHearYetIsNotDown() throws Exception {
        pidFile(ProcessHandle.current().pid());
        assertEquals(1, smtpctl("show queue"));
        assertEquals("smtpctl: smtpd is still starting, or stopping\n", console.err());
    }

    @Test
    void whoGotTheNumberOfADeadServerIsNotTheServer() throws Exception {
        Files.setLastModifiedTime(
                pidFile(ProcessHandle.current().pid()), FileTime.from(Instant.EPOCH));
        assertEquals(1, smtpctl("show queue"));
        assertTrue(console.err().startsWith("smtpctl: smtpd is not running"), console.err());
    }

    @Test
    void aDeadServerDoesNotRun() throws Exception {
        var dead = new ProcessBuilder("true").start();
        dead.waitFor();
        pidFile(dead.pid());
        assertEquals(1, smtpctl("show queue"));
        assertTrue(console.err().startsWith("smtpctl: smtpd is not running"), console.err());
    }

    @Test
    void aRoomThatIsDownIsNotTheServer() throws Exception {
        room(place.supervisorSocket(), new Order.Answer.Done(0));
        assertEquals(1, smtpctl("show queue"));
        assertTrue(console.err().startsWith("smtpctl: smtpd is running, but the room"));
    }

    @Test
    void aRoomThatHangsUpHasNotAnswered() throws Exception {
        hear(
                place.controlSocket(Room.QUEUE),
                new Hearing.Audience.Anyone(),
                (channel, _) -> channel.close());
        assumeTrue(ownsTheServer(), "the temporary folder is somebody else's");
        assertEquals(1, smtpctl("remove all"));
        assertTrue(console.err().startsWith("smtpctl: smtpd did not answer: "), console.err());
    }

    private boolean ownsTheServer() throws Exception {
        var self = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        return self.equals(0) || self.equals(Files.getAttribute(place.run(), "unix:uid"));
    }

    @Test
    void whoIsNotHeardIsToldNothing() throws Exception {
        UserPrincipal nobody =
                directory
                        .getFileSystem()
                        .getUserPrincipalLookupService()
                        .lookupPrincipalByName("nobody");
        hear(
                place.controlSocket(Room.QUEUE),
                new Hearing.Audience.Only(Set.of(nobody)),
                new ControlPoint((_, _) -> new Order.Answer.Done(1), deadlines));
        assertEquals(1, smtpctl("remove all"));
        assertEquals("", console.out());
    }

    @Test
    void statusBeginsWithTheThreeKindsOfTraffic() throws Exception {
        room(place.supervisorSocket(), new Order.Answer.Done(1), "room queue running pid=1");
        room(
                place.controlSocket(Room.QUEUE),
                new Order.Answer.Done(0),
                "queue messages=3",
                "MDA running",
                "MTA paused");
        room(place.controlSocket(Room.FRONT), new Order.Answer.Done(0), "SMTP running");
        assertEquals(0, smtpctl("show status"));
        assertEquals(
                "MDA running\nMTA paused\nSMTP running\nroom queue running pid=1\nqueue"
                        + " messages=3\n",
                console.out());
    }

    @Test
    void countersOfAllRoomsAreSorted() throws Exception {
        Files.createFile(place.run().resolve("smtpd.pid"));
        room(place.supervisorSocket(), new Order.Answer.Done(0));
        room(place.controlSocket(Room.QUEUE), new Order.Answer.Done(0), "scheduler.envelope=4");
        room(
                place.controlSocket(Room.FRONT),
                new Order.Answer.Done(0),
                "smtp.session=1",
                "mta.session=2");
        assertEquals(0, smtpctl("show stats"));
        assertEquals(
                List.of(
                        "mta.session",
                        "scheduler.envelope",
                        "smtp.session",
                        "uptime",
                        "uptime.human"),
                console.out().lines().map(line -> line.substring(0, line.indexOf('='))).toList());
    }

    @ParameterizedTest
    @CsvSource({"0, 0s", "61, 1m1s", "3600, 1h0m0s", "90061, 1d1h1m1s", "86400, 1d0h0m0s"})
    void uptimeIsReadable(long seconds, String text) {
        assertEquals(text, Overview.human(seconds));
    }

    @ParameterizedTest
    @CsvSource({
        "show relays, show relays",
        "monitor, monitor",
        "spf walk, spf walk",
        "discover 5c8e01d2, discover",
        "pause mta from 192.0.2.1 for example.net, pause mta from",
    })
    void whatIsNotBuiltSaysSo(String words, String title) throws Exception {
        assertEquals(1, smtpctl(words));
        assertEquals("smtpctl: \"" + title + "\" is not supported yet\n", console.err());
    }

    @Test
    void wrongWordsShowThePossibilities() throws Exception {
        assertEquals(255, smtpctl("show stat"));
        assertEquals(
                """
                smtpctl: ambiguous command: show stat
                possibilities are:
                \tshow stats
                \tshow status
                """,
                console.err());
    }

    @Test
    void anUnknownOptionIsUsage() throws Exception {
        assertEquals(255, Smtpctl.run(console.terminal, place, List.of("-x", "reload")));
        assertTrue(console.err().startsWith("usage: smtpctl "));
    }
}
