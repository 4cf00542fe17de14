package org.postern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The documents speak of what there is.
class DocumentsTest {
    private static final Pattern TYPE = Pattern.compile("\\b([a-z]+)\\.([A-Z]\\w+)");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)\\)");
    private static final Path SOURCES = Path.of("src/main/java/org/postern");

    @Test
    void everyTypeThatTheArchitectureNamesExists() throws IOException {
        var text = Files.readString(Path.of("docs/architecture.md"));
        var named = new TreeSet<String>();
        var missing = new TreeSet<String>();
        var matcher = TYPE.matcher(text);
        while (matcher.find()) {
            named.add(matcher.group());
            if (!exists(matcher.group(1), matcher.group(2))) {
                missing.add(matcher.group());
            }
        }
        assertEquals(List.of(), List.copyOf(missing));
        assertTrue(named.size() > 15, () -> "the drawing has lost its names: " + named);
    }

    private static boolean exists(String place, String type) throws IOException {
        try (var files = Files.walk(SOURCES)) {
            return files.anyMatch(
                    file ->
                            file.endsWith(Path.of(place, type + ".java"))
                                    || (place.equals("Postern") && file.endsWith("Postern.java")));
        }
    }

    @Test
    void everyLinkBetweenDocumentsLeadsSomewhere() throws IOException {
        var broken = new TreeSet<String>();
        try (var files = Files.walk(Path.of("docs"))) {
            for (var file : files.filter(path -> path.toString().endsWith(".md")).toList()) {
                addBroken(file, broken);
            }
        }
        addBroken(Path.of("README.md"), broken);
        assertEquals(List.of(), List.copyOf(broken));
    }

    private static void addBroken(Path file, TreeSet<String> broken) throws IOException {
        var matcher = LINK.matcher(Files.readString(file));
        while (matcher.find()) {
            if (!Files.exists(file.resolveSibling(matcher.group(1)))) {
                broken.add(file + " -> " + matcher.group(1));
            }
        }
    }
}
