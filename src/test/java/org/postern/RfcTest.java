package org.postern;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/// Every section of an RFC that the sources cite stands in `docs/rfc.md`, with where it is cited.
/// The test writes the page when it differs, and fails so that it is looked at and committed.
class RfcTest {
    private static final Path SOURCES = Path.of("src/main/java");
    private static final Path PAGE = Path.of("docs/rfc.md");
    private static final Pattern CITED =
            Pattern.compile("RFC (\\d+)(?: (section|appendix) ([0-9A-Z]+(?:\\.\\d+)*))?");

    /// A place in an RFC; without one the RFC as a whole.
    private record Cited(int rfc, String place) implements Comparable<Cited> {
        @Override
        public int compareTo(Cited other) {
            return Comparator.comparingInt(Cited::rfc)
                    .thenComparing(Cited::sortable)
                    .compare(this, other);
        }

        private String sortable() {
            var parts = new ArrayList<String>();
            for (var part : place.split("[ .]")) {
                parts.add(part.matches("\\d+") ? "%04d".formatted(Integer.valueOf(part)) : part);
            }
            return String.join(".", parts);
        }
    }

    @Test
    void everyCitedSectionIsOnThePage() throws IOException {
        var wanted = page();
        var found = Files.exists(PAGE) ? Files.readString(PAGE) : "";
        if (!found.equals(wanted)) {
            Files.createDirectories(PAGE.getParent());
            Files.writeString(PAGE, wanted);
        }
        Assertions.assertEquals(wanted, found, "docs/rfc.md was written anew: look, and commit it");
    }

    private static String page() throws IOException {
        var cited = new TreeMap<Cited, TreeSet<String>>();
        try (var files = Files.walk(SOURCES)) {
            for (var file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
                var name = file.getFileName().toString().replace(".java", "");
                var matcher = CITED.matcher(prose(Files.readString(file)));
                while (matcher.find()) {
                    var place =
                            matcher.group(2) == null
                                    ? ""
                                    : matcher.group(2) + " " + matcher.group(3);
                    var key = new Cited(Integer.parseInt(matcher.group(1)), place);
                    cited.computeIfAbsent(key, _ -> new TreeSet<>()).add(name);
                }
            }
        }
        var page = new StringBuilder("# Standards, and where the code follows them\n\n");
        page.append("Written by `RfcTest` from the comments in the sources.\n");
        int last = 0;
        for (var entry : cited.entrySet()) {
            var key = entry.getKey();
            if (key.rfc() != last) {
                last = key.rfc();
                page.append(
                        "\n## [RFC %d](https://www.rfc-editor.org/rfc/rfc%d)\n\n"
                                .formatted(last, last));
            }
            var place = key.place().isEmpty() ? "as a whole" : key.place();
            page.append("- %s: %s\n".formatted(place, String.join(", ", entry.getValue())));
        }
        return page.toString();
    }

    /// The text of the comments, with citations that a line end breaks put together.
    private static String prose(String source) {
        return String.join(
                " ",
                Arrays.stream(source.split("\n"))
                        .map(String::strip)
                        .filter(line -> line.startsWith("//"))
                        .map(line -> line.replaceFirst("^//+ ?", ""))
                        .toList());
    }
}
