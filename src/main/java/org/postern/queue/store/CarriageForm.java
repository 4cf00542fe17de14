package org.postern.queue.store;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;
import org.postern.mail.Carriage;
import org.postern.mail.Carriage.Need;
import org.postern.mail.Carriage.Release;
import org.postern.mail.Urgency;
import org.postern.mail.Urgency.Deadline;

/// How the carriage of a message is written on disk, behind its other facts: for each thing that
/// was asked a tag, and what belongs to it. Where nothing was asked nothing is written, so that
/// facts of before there was such a thing are facts of today.
final class CarriageForm {
    private static final int BINARY = 1;
    private static final int UTF8 = 2;
    private static final int TLS = 3;
    private static final int RELEASE = 4;
    private static final int PRIORITY = 5;
    private static final int RETURN_BY = 6;
    private static final int NOTIFY_BY = 7;
    private static final int TRACED = 8;

    private CarriageForm() {}

    static void put(Growing out, Carriage carriage) {
        switch (carriage.form()) {
            case LINES -> {}
            case BINARY -> tag(out, BINARY);
        }
        for (var need : carriage.needs()) {
            tag(
                    out,
                    switch (need) {
                        case UTF8 -> UTF8;
                        case TLS -> TLS;
                    });
        }
        switch (carriage.release()) {
            case Release.AtOnce() -> {}
            case Release.At(var time) -> {
                tag(out, RELEASE);
                Form.putInstant(out, time);
            }
        }
        putUrgency(out, carriage.urgency());
    }

    /// Writes the tags of this part alone, none for what is usual.
    static void putUrgency(Growing out, Urgency urgency) {
        if (urgency.priority() != 0) {
            tag(out, PRIORITY);
            out.room(1).put((byte) urgency.priority());
        }
        switch (urgency.deadline()) {
            case Deadline.Never() -> {}
            case Deadline.At(var time, var mode, var trace) -> {
                tag(
                        out,
                        switch (mode) {
                            case RETURN -> RETURN_BY;
                            case NOTIFY -> NOTIFY_BY;
                        });
                Form.putInstant(out, time);
                switch (trace) {
                    case SILENT -> {}
                    case TOLD -> tag(out, TRACED);
                }
            }
        }
    }

    private static void tag(Growing out, int tag) {
        out.room(1).put((byte) tag);
    }

    /// Reads up to the end of `in`.
    static Carriage read(ByteBuffer in) {
        var form = Carriage.Form.LINES;
        Set<Need> needs = EnumSet.noneOf(Need.class);
        Release release = new Release.AtOnce();
        var urgency = Urgency.USUAL;
        while (in.hasRemaining()) {
            int tag = in.get();
            switch (tag) {
                case BINARY -> form = Carriage.Form.BINARY;
                case UTF8 -> needs.add(Need.UTF8);
                case TLS -> needs.add(Need.TLS);
                case RELEASE -> release = new Release.At(Form.instant(in));
                case PRIORITY -> urgency = new Urgency(in.get(), urgency.deadline());
                case RETURN_BY -> urgency = by(urgency, Form.instant(in), Urgency.Mode.RETURN);
                case NOTIFY_BY -> urgency = by(urgency, Form.instant(in), Urgency.Mode.NOTIFY);
                case TRACED -> urgency = traced(urgency);
                default -> throw new IllegalArgumentException("no carriage " + tag);
            }
        }
        return new Carriage(form, needs, release, urgency);
    }

    private static Urgency by(Urgency urgency, Instant time, Urgency.Mode mode) {
        return new Urgency(urgency.priority(), new Deadline.At(time, mode, Urgency.Trace.SILENT));
    }

    private static Urgency traced(Urgency urgency) {
        return switch (urgency.deadline()) {
            case Deadline.At(var time, var mode, _) ->
                    new Urgency(
                            urgency.priority(), new Deadline.At(time, mode, Urgency.Trace.TOLD));
            case Deadline.Never() -> throw new IllegalArgumentException("a trace of no deadline");
        };
    }
}
