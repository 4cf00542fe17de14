package org.postern.message;

import java.time.Instant;
import java.time.ZoneId;
import java.util.Locale;

/// A date as header fields write it, RFC 5322 section 3.3: `Tue, 4 Mar 2025 10:11:12 +0000 (UTC)`.
public final class MailDate {
    private static final String DAYS = "MonTueWedThuFriSatSun";
    private static final String MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";

    private MailDate() {}

    /// `instant` in the time zone of this machine.
    public static String of(Instant instant) {
        return of(instant, ZoneId.systemDefault());
    }

    /// `instant` in `zone`.
    public static String of(Instant instant, ZoneId zone) {
        var time = instant.atZone(zone);
        int day = (time.getDayOfWeek().getValue() - 1) * 3;
        int month = (time.getMonthValue() - 1) * 3;
        int offset = time.getOffset().getTotalSeconds() / 60;
        var out = new StringBuilder(44);
        out.append(DAYS, day, day + 3).append(", ").append(time.getDayOfMonth()).append(' ');
        out.append(MONTHS, month, month + 3).append(' ').append(time.getYear()).append(' ');
        two(out, time.getHour()).append(':');
        two(out, time.getMinute()).append(':');
        two(out, time.getSecond()).append(' ');
        out.append(offset < 0 ? '-' : '+');
        two(out, Math.abs(offset) / 60);
        two(out, Math.abs(offset) % 60);
        var name = zoneName(zone, instant);
        return name.isEmpty()
                ? out.toString()
                : out.append(" (").append(name).append(')').toString();
    }

    private static String zoneName(ZoneId zone, Instant instant) {
        if (zone.getRules().isFixedOffset()
                && zone.getRules().getOffset(instant).getTotalSeconds() == 0) {
            return "UTC";
        }
        var name =
                java.time.format.DateTimeFormatter.ofPattern("zzz", Locale.US)
                        .format(instant.atZone(zone));
        return name.chars().allMatch(c -> (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'))
                ? name
                : "";
    }

    private static StringBuilder two(StringBuilder out, int number) {
        return out.append((char) ('0' + number / 10)).append((char) ('0' + number % 10));
    }
}
