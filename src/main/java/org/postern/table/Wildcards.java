package org.postern.table;

import java.io.IOException;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/// The host name patterns among the keys of a table, found without trying one after the other.
///
/// What a pattern covers is said by [HostPattern], and the same is found here in another way. Of a
/// pattern with one `*`, this ends at the first place in the host name, behind the text before the
/// `*`, that has the first character of the text behind it: so one lookup, with what the host name
/// has from there, finds all patterns with this text, the `*` and this character. Patterns of other
/// forms, and those of a table with a great many texts, are sorted, and followed like the branches
/// of a tree.
final class Wildcards {
    private static final int MOST_TEXTS = 1024;

    private final Rows rows;
    private final Simple simple;
    private final SortedTexts others;

    private Wildcards(Rows rows, Simple simple, SortedTexts others) {
        this.rows = rows;
        this.simple = simple;
        this.others = others;
    }

    /// What there is of patterns with one `*` and something behind it: the texts before the `*`,
    /// and for each the characters that come next behind it.
    private static final class Simple {
        private final Map<String, BitSet> characters = new HashMap<>();
        private final BitSet lengths = new BitSet();
        private final BitSet none = new BitSet();

        /// Takes a pattern in, if it is of this form and there is room.
        boolean add(String pattern) {
            int star = pattern.indexOf('*');
            if (star != pattern.lastIndexOf('*') || star + 1 == pattern.length()) {
                return false;
            }
            var text = pattern.substring(0, star);
            if (characters.size() == MOST_TEXTS && !characters.containsKey(text)) {
                return false;
            }
            characters.computeIfAbsent(text, _ -> new BitSet()).set(pattern.charAt(star + 1));
            lengths.set(star);
            return true;
        }

        BitSet behind(String text) {
            return characters.getOrDefault(text, none);
        }
    }

    /// The keys that are patterns themselves.
    static Wildcards ofHosts(Rows rows) throws IOException {
        return of(rows, Part.WHOLE);
    }

    /// The keys `user@pattern` and `@pattern`.
    static Wildcards ofMailboxes(Rows rows) throws IOException {
        return of(rows, Part.DOMAIN);
    }

    private enum Part {
        WHOLE,
        DOMAIN
    }

    private static Wildcards of(Rows rows, Part part) throws IOException {
        var simple = new Simple();
        var others = new SortedTexts.Collector();
        rows.forEach(
                row -> {
                    if (!row.keyHas('*')) {
                        return;
                    }
                    var key = row.key();
                    int at = key.lastIndexOf('@');
                    var pattern = part == Part.WHOLE ? key : key.substring(at + 1);
                    if ((part == Part.DOMAIN && at < 0) || pattern.indexOf('*') < 0) {
                        return;
                    }
                    if (!simple.add(pattern)) {
                        others.addKey(row);
                    }
                });
        return new Wildcards(rows, simple, others.sorted());
    }

    /// Whether there is a key that is `prefix` and a pattern that covers the host name; both in
    /// lower case.
    boolean cover(String prefix, String host) throws IOException {
        return simpleOneCovers(prefix, host) || otherCovers(prefix, host);
    }

    private boolean simpleOneCovers(String prefix, String host) throws IOException {
        int length = simple.lengths.nextSetBit(0);
        while (length >= 0 && length < host.length()) {
            if (simpleOneCovers(prefix, host, length)) {
                return true;
            }
            length = simple.lengths.nextSetBit(length + 1);
        }
        return false;
    }

    /// The same for patterns with so many characters before the `*`.
    private boolean simpleOneCovers(String prefix, String host, int length) throws IOException {
        var text = host.substring(0, length);
        var characters = simple.behind(text);
        if (characters.isEmpty()) {
            return false;
        }
        for (int i = length; i < host.length(); i++) {
            char c = host.charAt(i);
            if (characters.get(c)
                    && host.indexOf(c, length) == i
                    && rows.has(prefix + text + '*' + host.substring(i))) {
                return true;
            }
        }
        return false;
    }

    private boolean otherCovers(String prefix, String host) {
        var range = others.all();
        for (int i = 0; i < prefix.length() && !range.isEmpty(); i++) {
            range = others.with(range, prefix.charAt(i));
        }
        return covers(range, host, 0);
    }

    /// Whether one of these patterns covers the host name from `at`, as far as it is left of both.
    private boolean covers(SortedTexts.Range patterns, String host, int at) {
        var range = patterns;
        for (int i = at; !range.isEmpty(); i++) {
            if (i == host.length()) {
                return others.ends(range);
            }
            var stars = others.with(range, '*');
            if (!stars.isEmpty() && coversBehindStar(stars, host, i)) {
                return true;
            }
            char c = host.charAt(i);
            if (c == '*') {
                return false;
            }
            range = others.with(range, c);
        }
        return false;
    }

    private boolean coversBehindStar(SortedTexts.Range patterns, String host, int at) {
        if (others.ends(patterns)) {
            return true;
        }
        var more = others.with(patterns, '*');
        if (!more.isEmpty() && coversBehindStar(more, host, at)) {
            return true;
        }
        for (int i = at; i < host.length(); i++) {
            char c = host.charAt(i);
            // A `*` ends where the next character stands first, and never further on.
            if (c != '*'
                    && others.mayGoOn(patterns, c)
                    && host.indexOf(c, at) == i
                    && covers(others.with(patterns, c), host, i + 1)) {
                return true;
            }
        }
        return false;
    }
}
