package org.postern.front.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.postern.mail.Carriage;
import org.postern.mail.Envelope;
import org.postern.mail.MessageFacts;
import org.postern.mail.Outcome;
import org.postern.mail.Share;
import org.postern.mail.Urgency;
import org.postern.mail.Urgency.Deadline;
import org.postern.mail.Urgency.Mode;
import org.postern.mail.Urgency.Trace;

/// What the next hop is told of priorities (RFC 6710 section 4.2) and times of delivery (RFC 2852
/// section 4), and where such mail does not go.
class HurryTest {
    private static final Deadline NEVER = new Deadline.Never();

    private static final String GOES_ON =
            """
            C: RCPT TO:<bob@example.org>
            S: 250 Ok
            C: DATA
            S: 354 go on
            C: x
            C: .
            S: 250 2.0.0 taken
            """;

    /// A next hop that offers `keyword` and is told `parameters`.
    private static String hop(String keyword, String parameters) {
        return hop(keyword)
                + "C: MAIL FROM:<ann@example.net>"
                + parameters
                + "\nS: 250 Ok\n"
                + GOES_ON;
    }

    private static String hop(String keyword) {
        return "S: 220 next.example\nC: EHLO here.example\nS: 250-next.example\nS: 250 "
                + keyword
                + '\n';
    }

    private static List<Envelope> envelope(int priority, Deadline deadline) {
        var plain = Mailer.facts();
        var carriage = Carriage.PLAIN.with(new Urgency(priority, deadline));
        var facts =
                new MessageFacts(plain.origin(), plain.sender(), plain.dsnReturn(), "", carriage);
        return List.of(
                Mailer.envelope(
                        1, "bob@example.org", new Share.Destination.Remote(), Set.of(), "", facts));
    }

    /// A deadline so far away that its seconds have more digits than may be said.
    private static Deadline farAway(Mode mode, Trace trace) {
        return new Deadline.At(Instant.parse("2099-01-01T00:00:00Z"), mode, trace);
    }

    private static Deadline longPast(Mode mode) {
        return new Deadline.At(Instant.EPOCH, mode, Trace.SILENT);
    }

    /// What came of it, with who answers for a report.
    private static String sent(String script, int priority, Deadline deadline) throws Exception {
        try (var peer = ScriptedPeer.plays(script)) {
            var mailer = new Mailer(Mailer.to(peer));
            var outcome = mailer.results("x\n", envelope(priority, deadline)).getFirst().outcome();
            mailer.connections.close();
            peer.played();
            return outcome.status()
                    + " "
                    + (outcome instanceof Outcome.Delivered(_, _, var onward)
                            ? onward
                            : outcome.text());
        }
    }

    @Test
    void thePriorityIsPassedOn() throws Exception {
        assertEquals(
                "2.0.0 WITHOUT_DSN", sent(hop("MT-PRIORITY MIXER", " MT-PRIORITY=-3"), -3, NEVER));
    }

    @Test
    void theUsualPriorityNeedNotBeSaid() throws Exception {
        assertEquals("2.0.0 WITHOUT_DSN", sent(hop("MT-PRIORITY", ""), 0, NEVER));
    }

    @Test
    void whoDoesNotKnowPrioritiesIsNotTold() throws Exception {
        assertEquals("2.0.0 WITHOUT_DSN", sent(hop("8BITMIME", ""), 9, NEVER));
    }

    @Test
    void theTimeThatIsLeftIsPassedOn() throws Exception {
        assertEquals(
                "2.0.0 WITHOUT_DSN",
                sent(
                        hop("DELIVERBY 240", " BY=999999999;R"),
                        0,
                        farAway(Mode.RETURN, Trace.SILENT)));
    }

    @Test
    void aTimeThatIsPastIsPassedOnToWhoTells() throws Exception {
        assertEquals(
                "2.0.0 WITHOUT_DSN",
                sent(hop("DELIVERBY", " BY=-999999999;N"), 0, longPast(Mode.NOTIFY)));
    }

    @Test
    void whoWantsToFollowTheWayIsToldWhereItWent() throws Exception {
        assertEquals(
                "2.0.0 TRACED",
                sent(hop("DELIVERBY", " BY=999999999;NT"), 0, farAway(Mode.NOTIFY, Trace.TOLD)));
    }

    /// Nobody there will tell when it is late.
    @Test
    void whereTimesAreNotKeptTheSenderIsToldThatItWentThere() throws Exception {
        assertEquals(
                "2.0.0 TRACED", sent(hop("8BITMIME", ""), 0, farAway(Mode.NOTIFY, Trace.SILENT)));
    }

    @Test
    void whereTimesAreNotKeptMailThatIsToBeReturnedDoesNotGo() throws Exception {
        assertEquals(
                "5.3.3 to be returned after its time, and the next hop does not offer DELIVERBY",
                sent(hop("8BITMIME"), 0, farAway(Mode.RETURN, Trace.SILENT)));
    }

    @Test
    void whatIsTooLateDoesNotGo() throws Exception {
        assertEquals(
                "5.4.7 not enough time is left until its time of delivery",
                sent(hop("DELIVERBY"), 0, longPast(Mode.RETURN)));
    }

    @Test
    void whereMoreTimeIsWantedItDoesNotGo() throws Exception {
        var inAnHour = new Deadline.At(Instant.now().plusSeconds(3600), Mode.RETURN, Trace.SILENT);
        assertEquals(
                "5.4.7 not enough time is left until its time of delivery",
                sent(hop("DELIVERBY 7200"), 0, inAnHour));
    }

    /// It is home there.
    @Test
    void aNeighbourThatDeliversForUsIsNotAsked() throws Exception {
        try (var peer =
                ScriptedPeer.plays(
                        """
                        S: 220 next.example
                        C: LHLO here.example
                        S: 250 next.example
                        C: MAIL FROM:<ann@example.net>
                        S: 250 Ok
                        C: RCPT TO:<bob@example.org>
                        S: 250 Ok
                        C: DATA
                        S: 354 go on
                        C: Return-Path: <ann@example.net>
                        C: Delivered-To: bob@example.org
                        C: x
                        C: .
                        S: 250 2.0.0 taken
                        """)) {
            var plan =
                    Mailer.to(
                            Stop.Dialect.LMTP,
                            Stop.Security.NEVER,
                            Plan.Naming.NEIGHBOUR_BY_MAILBOX,
                            peer);
            var mailer = new Mailer(plan);
            assertEquals(
                    "bob@example.org Delivered 2.0.0: 250 2.0.0 taken\n",
                    mailer.send("x\n", envelope(0, farAway(Mode.RETURN, Trace.SILENT))));
            mailer.connections.close();
            peer.played();
        }
    }
}
