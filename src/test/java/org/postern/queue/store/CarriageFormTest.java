package org.postern.queue.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.postern.mail.Carriage;
import org.postern.mail.MessageFacts;
import org.postern.mail.Urgency;
import org.postern.queue.Mail;

/// The facts of messages on disk, of before and after there was a carriage.
class CarriageFormTest {
    private static byte[] bytes(MessageFacts facts) {
        var out = new Growing(64);
        Form.putFacts(out, facts);
        var all = out.room(0);
        return Arrays.copyOf(all.array(), all.position());
    }

    private static MessageFacts with(Carriage carriage) {
        var plain = Mail.from("ann@example.net");
        return new MessageFacts(
                plain.origin(), plain.sender(), plain.dsnReturn(), plain.dsnEnvelopeId(), carriage);
    }

    private static void survives(Carriage carriage) throws Exception {
        var facts = with(carriage);
        assertEquals(facts, Form.read(ByteBuffer.wrap(bytes(facts)), Form::facts));
    }

    @Test
    void whatWasAskedSurvives() throws Exception {
        survives(
                new Carriage(
                        Carriage.Form.BINARY,
                        Set.of(Carriage.Need.UTF8, Carriage.Need.TLS),
                        new Carriage.Release.At(Instant.parse("2031-02-03T04:05:06.7Z"))));
    }

    @Test
    void oneThingAloneSurvives() throws Exception {
        for (var need : Carriage.Need.values()) {
            survives(
                    new Carriage(Carriage.Form.LINES, Set.of(need), new Carriage.Release.AtOnce()));
        }
    }

    /// So the facts of an older spool, which end there, are those of today.
    @Test
    void whereNothingWasAskedNothingIsWritten() throws Exception {
        var plain = bytes(Mail.from("ann@example.net"));
        var asked =
                bytes(
                        with(
                                new Carriage(
                                        Carriage.Form.BINARY,
                                        Set.of(),
                                        new Carriage.Release.AtOnce())));
        assertEquals(plain.length + 1, asked.length);
        var read = Form.read(ByteBuffer.wrap(asked, 0, plain.length), Form::facts);
        assertEquals(Carriage.PLAIN, read.carriage());
    }

    @Test
    void whatANewerServerAskedIsNotPassedOver() {
        var newer = Arrays.copyOf(bytes(Mail.from("ann@example.net")), 200);
        newer[newer.length - 1] = 99;
        assertThrows(Damaged.class, () -> Form.read(ByteBuffer.wrap(newer), Form::facts));
    }

    @Test
    void aHurrySurvives() throws Exception {
        var time = Instant.parse("2031-02-03T04:05:06Z");
        for (var mode : Urgency.Mode.values()) {
            for (var trace : Urgency.Trace.values()) {
                var deadline = new Urgency.Deadline.At(time, mode, trace);
                survives(Carriage.IN_UTF8.with(new Urgency(-9, deadline)));
                survives(Carriage.PLAIN.with(new Urgency(9, deadline)));
            }
        }
        survives(Carriage.PLAIN.with(new Urgency(3, new Urgency.Deadline.Never())));
    }
}
