package org.postern.table;

import java.io.IOException;
import java.util.BitSet;

/// The host name patterns among the keys of a table, found without trying one after the other.
///
/// What a pattern covers is said by [HostPattern], and the same is found here in another way. Of a
/// pattern that is a `*` and a text behind it, the `*` ends at the first place in the host name
/// that has the first character of the text: so one lookup, with what the host name has from there,
/// finds all patterns that begin with `*` and this character. Patterns of other forms are sorted,
/// and followed like the branches of a tree.
final class Wildcards {
    private static final int BYTES = 256;

    private final Rows rows;

    /// The characters that come behind the `*` of the patterns with only this one, at their
    /// beginning.
    private final BitSet beginnings;

    private final SortedTexts others;

    private Wildcards(Rows rows, BitSet beginnings, SortedTexts others) {
        this.rows = rows;
        this.beginnings = beginnings;
        this.others = others;
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
        var beginnings = new BitSet(BYTES);
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
                    if (pattern.length() > 1 && pattern.lastIndexOf('*') == 0) {
                        beginnings.set(pattern.charAt(1));
                    } else {
                        others.addKey(row);
                    }
                });
        return new Wildcards(rows, beginnings, others.sorted());
    }

    /// Whether there is a key that is `prefix` and a pattern that covers the host name; both in
    /// lower case.
    boolean cover(String prefix, String host) throws IOException {
        return simpleOneCovers(prefix, host) || otherCovers(prefix, host);
    }

    private boolean simpleOneCovers(String prefix, String host) throws IOException {
        if (beginnings.isEmpty()) {
            return false;
        }
        for (int i = 0; i < host.length(); i++) {
            char c = host.charAt(i);
            if (beginnings.get(c)
                    && host.indexOf(c) == i
                    && rows.has(prefix + '*' + host.substring(i))) {
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
