package org.postern.table;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What the C library of Debian 12 (glibc 2.36, `REG_EXTENDED`, `REG_ICASE`, locale C) says of the
/// patterns and texts of `table/regex.rows`: `yes`, `no`, or `none` for a pattern that it refuses.
class RegexGlibcTest {
    private record Row(String pattern, String text, String said) {}

    private static List<Row> rows() throws IOException {
        try (var in = RegexGlibcTest.class.getResourceAsStream("/table/regex.rows")) {
            return new String(in.readAllBytes(), UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split("\t", -1))
                    .map(parts -> new Row(parts[0], parts[1], parts[2]))
                    .toList();
        }
    }

    private static String here(Row row) {
        try {
            return Regex.compile(row.pattern).occursIn(row.text) ? "yes" : "no";
        } catch (Regex.Malformed _) {
            return "none";
        }
    }

    /// What glibc takes and we do not: back-references, escapes that mean nothing, a `)` alone, and
    /// more than 255 repetitions.
    private static final Set<String> REFUSED_HERE =
            Set.of(")", "a)", "(a)\\1", "\\a", "\\d", "\\n", "\\t", "a{256}");

    @Test
    void whatIsUnderstoodIsUnderstoodTheSame() throws Exception {
        var different = new ArrayList<String>();
        for (var row : rows()) {
            var here = here(row);
            if (!here.equals(REFUSED_HERE.contains(row.pattern) ? "none" : row.said)) {
                different.add(row + " here " + here);
            }
        }
        assertEquals("", String.join("\n", different));
    }

    @Test
    void thereAreHundredsOfEachKind() throws Exception {
        var rows = rows();
        for (var said : Set.of("yes", "no", "none")) {
            var count = rows.stream().filter(row -> row.said.equals(said)).count();
            assertTrue(count > 100, said + ": " + count);
        }
    }
}
