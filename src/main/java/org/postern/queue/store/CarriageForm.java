package org.postern.queue.store;

import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.Set;
import org.postern.mail.Carriage;
import org.postern.mail.Carriage.Need;
import org.postern.mail.Carriage.Release;

/// How the carriage of a message is written on disk, behind its other facts: for each thing that
/// was asked a tag, and what belongs to it. Where nothing was asked nothing is written, so that
/// facts of before there was such a thing are facts of today.
final class CarriageForm {
    private static final int BINARY = 1;
    private static final int UTF8 = 2;
    private static final int TLS = 3;
    private static final int RELEASE = 4;

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
    }

    private static void tag(Growing out, int tag) {
        out.room(1).put((byte) tag);
    }

    /// Reads up to the end of `in`.
    static Carriage read(ByteBuffer in) {
        var form = Carriage.Form.LINES;
        Set<Need> needs = EnumSet.noneOf(Need.class);
        Release release = new Release.AtOnce();
        while (in.hasRemaining()) {
            int tag = in.get();
            switch (tag) {
                case BINARY -> form = Carriage.Form.BINARY;
                case UTF8 -> needs.add(Need.UTF8);
                case TLS -> needs.add(Need.TLS);
                case RELEASE -> release = new Release.At(Form.instant(in));
                default -> throw new IllegalArgumentException("no carriage " + tag);
            }
        }
        return new Carriage(form, needs, release);
    }
}
