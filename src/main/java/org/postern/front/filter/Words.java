package org.postern.front.filter;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import org.postern.config.FilterProcess.Side;
import org.postern.mail.SessionId;

/// The lines that we say to filter programs.
final class Words {
    /// The version of the protocol.
    static final String VERSION = "0.7";

    private static final HexFormat HEX = HexFormat.of();

    private Words() {}

    /// `report|0.7|time|direction|event|session` and what belongs to the event.
    static byte[] report(
            Instant at, Side direction, Event event, SessionId session, String parameters) {
        var line = begin("report|", at, direction, event.word(), session);
        if (!event.isBare()) {
            line.append('|');
            appendLine(line, parameters);
        }
        return bytes(line.append('\n'));
    }

    /// `filter|0.7|time|smtp-in|point|session|token|` and what is asked about, perhaps nothing.
    static byte[] request(
            Instant at, Point point, SessionId session, long token, String parameters) {
        var line = begin("filter|", at, Side.SMTP_IN, point.word(), session);
        line.append('|').append(HEX.toHexDigits(token)).append('|');
        appendLine(line, parameters);
        return bytes(line.append('\n'));
    }

    /// What stands before each line of a content.
    static byte[] beforeLine(Instant at, SessionId session, long token) {
        var line = begin("filter|", at, Side.SMTP_IN, Point.DATA_LINE.word(), session);
        return bytes(line.append('|').append(HEX.toHexDigits(token)).append('|'));
    }

    private static StringBuilder begin(
            String kind, Instant at, Side direction, String what, SessionId session) {
        var line = new StringBuilder(128).append(kind).append(VERSION).append('|');
        line.append(at.getEpochSecond()).append('.');
        var micros = Integer.toString(at.getNano() / 1000);
        line.append("000000", micros.length(), 6).append(micros);
        line.append('|').append(direction.word()).append('|').append(what).append('|');
        return line.append(session);
    }

    /// Nothing that somebody said begins another line. Characters that are no bytes are written in
    /// UTF-8.
    private static void appendLine(StringBuilder line, String text) {
        var bytes =
                text.chars().allMatch(c -> c < 256)
                        ? text
                        : new String(
                                text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        for (int i = 0; i < bytes.length(); i++) {
            char c = bytes.charAt(i);
            line.append(c == '\n' || c == '\r' || c == 0 ? '?' : c);
        }
    }

    /// `text` as a field that is not the last: without what separates fields.
    static String field(String text) {
        return text.replace('|', '?');
    }

    private static byte[] bytes(StringBuilder line) {
        return line.toString().getBytes(StandardCharsets.ISO_8859_1);
    }
}
