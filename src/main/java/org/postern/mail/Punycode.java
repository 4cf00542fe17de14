package org.postern.mail;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Labels of domains in ASCII letters, digits and hyphens, RFC 3492; without the prefix `xn--`.
final class Punycode {
    private static final int BASE = 36;
    private static final int LEAST_THRESHOLD = 1;
    private static final int MOST_THRESHOLD = 26;
    private static final int SKEW = 38;
    private static final int DAMP = 700;
    private static final int FIRST_BIAS = 72;
    private static final int FIRST_CODE = 128;

    /// No label that is this long in characters fits into 63 octets.
    private static final int LONGEST = 63;

    private Punycode() {}

    /// `label` written so; empty if it is too long for a label.
    static Optional<String> encode(String label) {
        var codes = label.codePoints().toArray();
        if (codes.length > LONGEST) {
            return Optional.empty();
        }
        var out = new StringBuilder();
        for (int code : codes) {
            if (code < FIRST_CODE) {
                out.append((char) code);
            }
        }
        int basic = out.length();
        int done = basic;
        if (basic > 0) {
            out.append('-');
        }
        int next = FIRST_CODE;
        int delta = 0;
        int bias = FIRST_BIAS;
        while (done < codes.length) {
            int least = Integer.MAX_VALUE;
            for (int code : codes) {
                least = code >= next ? Math.min(least, code) : least;
            }
            delta += (least - next) * (done + 1);
            next = least;
            for (int code : codes) {
                if (code < next) {
                    delta++;
                } else if (code == next) {
                    number(delta, bias, out);
                    bias = adapted(delta, done + 1, done == basic);
                    delta = 0;
                    done++;
                }
            }
            delta++;
            next++;
        }
        return Optional.of(out.toString());
    }

    private static void number(int delta, int bias, StringBuilder out) {
        int rest = delta;
        for (int k = BASE; ; k += BASE) {
            int threshold = threshold(k, bias);
            if (rest < threshold) {
                out.append(digit(rest));
                return;
            }
            out.append(digit(threshold + (rest - threshold) % (BASE - threshold)));
            rest = (rest - threshold) / (BASE - threshold);
        }
    }

    private static int threshold(int k, int bias) {
        return Math.clamp(k - bias, LEAST_THRESHOLD, MOST_THRESHOLD);
    }

    private static char digit(int value) {
        return (char) (value < 26 ? 'a' + value : '0' + value - 26);
    }

    private static int adapted(int delta, int points, boolean first) {
        int rest = first ? delta / DAMP : delta / 2;
        rest += rest / points;
        int k = 0;
        while (rest > (BASE - LEAST_THRESHOLD) * MOST_THRESHOLD / 2) {
            rest /= BASE - LEAST_THRESHOLD;
            k += BASE;
        }
        return k + (BASE - LEAST_THRESHOLD + 1) * rest / (rest + SKEW);
    }

    /// What `text` stands for; empty if it is malformed.
    static Optional<String> decode(String text) {
        if (text.length() > LONGEST) {
            return Optional.empty();
        }
        int cut = text.lastIndexOf('-');
        List<Integer> codes = new ArrayList<>();
        text.chars().limit(Math.max(cut, 0)).forEach(codes::add);
        long code = FIRST_CODE;
        long place = 0;
        int bias = FIRST_BIAS;
        int at = cut + 1;
        while (at < text.length()) {
            long before = place;
            long weight = 1;
            for (int k = BASE; ; k += BASE) {
                int digit = at < text.length() ? Character.digit(text.charAt(at++), BASE) : -1;
                if (digit < 0) {
                    return Optional.empty();
                }
                // Letters come first here, digits behind them.
                int value = digit >= 10 ? digit - 10 : digit + 26;
                place += value * weight;
                int threshold = threshold(k, bias);
                if (place > Integer.MAX_VALUE) {
                    return Optional.empty();
                }
                if (value < threshold) {
                    break;
                }
                weight *= BASE - threshold;
            }
            int points = codes.size() + 1;
            bias = adapted((int) (place - before), points, before == 0);
            code += place / points;
            place %= points;
            if (code > Character.MAX_CODE_POINT) {
                return Optional.empty();
            }
            codes.add((int) place, (int) code);
            place++;
        }
        var out = new StringBuilder();
        codes.forEach(out::appendCodePoint);
        return Optional.of(out.toString());
    }
}
