package org.postern.table;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.postern.config.Service;

/// What is found by looking up is what is found by trying one entry after the other.
class PatternsTest {
    private static final int ROUNDS = 3_000;

    private final Random random = new Random(11);

    private String text(String alphabet, int most) {
        var text = new StringBuilder();
        for (int i = 1 + random.nextInt(most); i > 0; i--) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return text.toString();
    }

    private List<String> texts(String alphabet, int most) {
        var texts = new ArrayList<String>();
        for (int i = 1 + random.nextInt(8); i > 0; i--) {
            texts.add(text(alphabet, most));
        }
        return texts;
    }

    @Test
    void hostPatterns() throws IOException {
        for (int i = 0; i < ROUNDS; i++) {
            var patterns = texts("aab.*", 6);
            var entries = TestRows.list(patterns);
            for (int j = 0; j < 5; j++) {
                var host = text("aab.*", 7);
                boolean expected =
                        patterns.contains(host)
                                || patterns.stream().anyMatch(one -> HostPattern.covers(one, host));
                assertEquals(
                        expected,
                        entries.contains(Service.DOMAIN, host, '+'),
                        patterns + " " + host);
            }
        }
    }

    @Test
    void manyTextsBeforeTheStar() throws IOException {
        var patterns = new ArrayList<String>();
        for (int i = 0; i < 1_500; i++) {
            patterns.add("a" + i + "*.x");
            patterns.add("*b" + i + ".y");
        }
        var entries = TestRows.list(patterns);
        for (int i = 0; i < 1_600; i++) {
            for (var host : List.of("a" + i + "q.x", "a" + i + "q.q.x", "qb" + i + ".y", "a" + i)) {
                assertEquals(
                        patterns.stream().anyMatch(one -> HostPattern.covers(one, host)),
                        entries.contains(Service.DOMAIN, host, '+'),
                        host);
            }
        }
    }

    /// The rule of table(5), word for word.
    private static boolean standsFor(String entry, String key) {
        int entryAt = entry.lastIndexOf('@');
        int at = key.lastIndexOf('@');
        var user = at < 0 ? key : key.substring(0, at);
        var domain = at < 0 ? "" : key.substring(at + 1);
        var entryUser = entryAt < 0 ? entry : entry.substring(0, entryAt);
        var entryDomain = entryAt < 0 ? "" : entry.substring(entryAt + 1);
        if (!entryDomain.isEmpty()
                && !HostPattern.covers(entryDomain, domain)
                && !entryDomain.equals(domain)) {
            return false;
        }
        if (entryUser.isEmpty()) {
            return true;
        }
        int cut = user.indexOf('+');
        var compared = cut < 0 || entryUser.indexOf('+') >= 0 ? user : user.substring(0, cut);
        return entryUser.equals(compared);
    }

    @Test
    void mailboxes() throws IOException {
        for (int i = 0; i < ROUNDS; i++) {
            var list = texts("aab.*@@+", 6);
            var entries = TestRows.list(list);
            for (int j = 0; j < 5; j++) {
                var key = text("ab+", 3) + '@' + text("aab.", 5);
                boolean expected = list.stream().anyMatch(one -> standsFor(one, key));
                assertEquals(
                        expected, entries.contains(Service.MAILADDR, key, '+'), list + " " + key);
            }
        }
    }

    @Test
    void networks() throws IOException {
        for (int i = 0; i < ROUNDS; i++) {
            var list = new ArrayList<String>();
            for (int j = 1 + random.nextInt(12); j > 0; j--) {
                list.add(random.nextBoolean() ? inet4() + width(32) : inet6() + width(128));
            }
            var entries = TestRows.list(list);
            for (int j = 0; j < 5; j++) {
                var key = random.nextBoolean() ? inet4() : "[" + inet6() + "]";
                var address = Network.parse(key).orElseThrow();
                boolean expected =
                        list.stream()
                                .anyMatch(
                                        one -> Network.parse(one).orElseThrow().contains(address));
                assertEquals(
                        expected, entries.contains(Service.NETADDR, key, '+'), list + " " + key);
            }
        }
    }

    private String inet4() {
        return (random.nextInt(3) * 100) + "." + random.nextInt(4) + ".0." + random.nextInt(4);
    }

    private String inet6() {
        return Integer.toHexString(0x8000 + random.nextInt(2) * 0x7000)
                + ":"
                + random.nextInt(3)
                + "::"
                + random.nextInt(4);
    }

    private String width(int most) {
        return random.nextInt(3) == 0 ? "" : "/" + random.nextInt(most + 1);
    }
}
