package org.postern.config;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/// Times and sizes as the configuration writes them.
final class Quantity {
    private static final Pattern TIME = Pattern.compile("([0-9]{1,10})([smhd])");
    private static final Pattern SIZE =
            Pattern.compile(
                    "[ \t]*[+]?([0-9]{1,19}(?:\\.[0-9]{0,19})?|\\.[0-9]{1,19})([bkmgtpeBKMGTPE]?)");

    private Quantity() {}

    /// Digits and one unit, from one second to 2^31-1 seconds.
    static Optional<Duration> duration(String text) {
        var parts = TIME.matcher(text);
        if (!parts.matches()) {
            return Optional.empty();
        }
        long unit =
                switch (parts.group(2)) {
                    case "s" -> 1;
                    case "m" -> 60;
                    case "h" -> 3600;
                    default -> 86400;
                };
        long seconds = Long.parseLong(parts.group(1)) * unit;
        return seconds < 1 || seconds > Integer.MAX_VALUE
                ? Optional.empty()
                : Optional.of(Duration.ofSeconds(seconds));
    }

    /// Bytes, from 0 to 2^63-1: digits with at most one dot and a suffix that is a power of 1024.
    static OptionalLong size(String text) {
        var parts = SIZE.matcher(text);
        if (!parts.matches()) {
            return OptionalLong.empty();
        }
        var suffix = parts.group(2);
        int power =
                suffix.isEmpty() ? 0 : "BKMGTPE".indexOf(Character.toUpperCase(suffix.charAt(0)));
        var number = parts.group(1);
        var bytes =
                new BigDecimal(number.endsWith(".") ? number + "0" : number)
                        .multiply(BigDecimal.valueOf(1024).pow(power))
                        .setScale(0, RoundingMode.DOWN);
        return bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0
                ? OptionalLong.empty()
                : OptionalLong.of(bytes.longValueExact());
    }
}
