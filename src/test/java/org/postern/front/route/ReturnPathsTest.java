package org.postern.front.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.postern.front.srs.Srs;
import org.postern.mail.Mailbox;
import org.postern.mail.ReversePath;

/// Notifications that come back to senders that we have rewritten.
class ReturnPathsTest {
    private static final Srs SRS =
            new Srs(
                    List.of("k3y"),
                    Duration.ofDays(4),
                    () -> Instant.EPOCH.plus(Duration.ofDays(1)));
    private static final String ALICE = "SRS0=P4EH=AB=orig.example=alice@fwd.example";
    private static final String FORGED = "SRS0=XXXX=AB=orig.example=alice@fwd.example";

    /// `fwd.example` catches all, and what is ours may go anywhere.
    private static Routes routes() {
        return Routes.by(
                        """
                        table all { "@" = "bob" }
                        action "all" maildir virtual <all>
                        action "out" relay
                        match from any for domain "fwd.example" action "all"
                        match from local for any action "out"
                        """)
                .users("bob")
                .returnPaths(SRS::read)
                .sender(new ReversePath.Null());
    }

    @Test
    void aNotificationGoesBackToTheSender() {
        var routing = assertInstanceOf(Routing.Accepted.class, routes().routing(ALICE));
        assertEquals("alice@orig.example", routing.shares().getFirst().recipient().toString());
        assertEquals(ALICE, routing.shares().getFirst().originalRecipient().toString());
        assertEquals("alice@orig.example by out", routes().of(ALICE));
    }

    @Test
    void onlyANotificationIsTakenApart() {
        var sender = new ReversePath.Sender(new Mailbox("eve", "example.net"));
        assertEquals("bob by all", routes().sender(sender).of(ALICE));
    }

    @Test
    void withoutAKeyNothingIsTakenApart() {
        assertEquals("bob by all", routes().returnPaths(ReturnPaths.NONE).of(ALICE));
    }

    @Test
    void aForgedSenderIsNobodyThoughAllAreCaught() {
        assertEquals("550 5.1.1 Invalid recipient: <" + FORGED + ">", routes().of(FORGED));
    }

    @Test
    void aForgedSenderGivesAStrangerNoRelay() {
        assertEquals(
                "550 5.1.1 Invalid recipient: <SRS0=XXXX=AB=orig.example=alice@far.example>",
                routes().of("SRS0=XXXX=AB=orig.example=alice@far.example"));
    }

    /// Other hosts rewrite senders too, and our own notifications go to them.
    @Test
    void theRewrittenSenderOfAnotherHostIsRelayed() {
        assertEquals(
                "SRS0=XXXX=AB=orig.example=alice@far.example by out",
                routes().origin(Routes.from("local"))
                        .of("SRS0=XXXX=AB=orig.example=alice@far.example"));
    }

    @Test
    void whatWasTakenApartMayBeAUserHere() {
        var mine = SRS.rewrite(new Mailbox("carol", "fwd.example"), "fwd.example");
        assertEquals("bob by all", routes().of(mine.toString()));
    }

    @Test
    void whatWeRewroteTwiceIsTakenApartTwice() {
        var once = SRS.rewrite(new Mailbox("carol", "far.example"), "fwd.example");
        var twice = SRS.rewrite(once, "fwd.example");
        assertEquals("carol@far.example by out", routes().of(twice.toString()));
    }

    @Test
    void whatAnotherRewroteBeforeGoesBackThere() {
        var theirs = new Mailbox("SRS0=XXXX=AB=far.example=carol", "other.example");
        var ours = SRS.rewrite(theirs, "fwd.example");
        assertEquals(theirs + " by out", routes().of(ours.toString()));
    }

    @Test
    void whatIsForgedInsideIsNobodyEither() {
        var theirs = new Mailbox("SRS0=XXXX=AB=far.example=carol", "fwd.example");
        var ours = SRS.rewrite(theirs, "fwd.example");
        assertEquals("550 5.1.1 Invalid recipient: <" + ours + ">", routes().of(ours.toString()));
    }
}
