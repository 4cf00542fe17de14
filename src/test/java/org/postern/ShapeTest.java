package org.postern;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The shape of the sources: no file over 600 lines, no method over 60, no type with a name that
/// says nothing. Numbers to look again at, not to write towards.
class ShapeTest {
    private static final int LONGEST_FILE = 600;
    private static final int LONGEST_METHOD = 60;

    private static final Set<String> BANNED =
            Set.of(
                    "Manager",
                    "Helper",
                    "Util",
                    "Utils",
                    "Handler",
                    "Processor",
                    "Data",
                    "Info",
                    "Impl",
                    "Abstract",
                    "Base",
                    "Context");

    /// Words of the RFCs: the command (RFC 5321 section 4.1.1.4), and the answer of the DNS (RFC
    /// 2308 section 2.2).
    private static final Set<String> THE_RFCS_OWN = Set.of("Data", "NoData");

    /// Comments, text blocks, strings and characters: what may hold braces that are none.
    private static final Pattern PROSE =
            Pattern.compile(
                    "//[^\n]*|/\\*.*?\\*/|\"\"\".*?(?<!\\\\)\"\"\"|\"(?:\\\\.|[^\"\\\\\n])*\""
                            + "|'(?:\\\\.|[^'\\\\\n])+'",
                    Pattern.DOTALL);

    private static final Pattern TYPE =
            Pattern.compile("\\b(?:class|interface|record|enum)\\s+([A-Z]\\w*)");

    private static final Pattern METHOD =
            Pattern.compile(
                    "[\\w>\\]?]\\s+\\w+\\s*\\(.*\\)(\\s*throws\\s[\\w.,\\s]+)?", Pattern.DOTALL);

    private static final Pattern NO_METHOD =
            Pattern.compile(
                    "^(?:if|for|while|switch|try|catch|synchronized|else|return|yield|throw|case|do)\\b"
                            + "|->|\\bnew\\b|\\brecord\\b|=",
                    Pattern.DOTALL);

    @Test
    void theSourcesAreInShape() throws IOException {
        var findings = new ArrayList<String>();
        for (var root : List.of("src/main/java", "src/test/java")) {
            try (var files = Files.walk(Path.of(root))) {
                for (var file : files.filter(one -> one.toString().endsWith(".java")).toList()) {
                    findings.addAll(findings(file.toString(), Files.readString(file)));
                }
            }
        }
        assertEquals(List.of(), findings);
    }

    @Test
    void aLongFileIsFound() {
        assertEquals(List.of("X: 601 lines"), findings("X", "\n".repeat(600) + "x"));
        assertEquals(List.of(), findings("X", "\n".repeat(599) + "x"));
    }

    @Test
    void aLongMethodIsFound() {
        var method =
                "final class X {\n"
                        + "    @Override\n"
                        + "    int f(int a)\n"
                        + "            throws E {\n"
                        + "%s    }\n"
                        + "}\n";
        assertEquals(
                List.of("X:2: a method of 61 lines"),
                findings("X", method.formatted("x();\n".repeat(57))));
        assertEquals(List.of(), findings("X", method.formatted("if (a) {\n}\n".repeat(28))));
    }

    @Test
    void aBannedWordIsFound() {
        assertEquals(List.of("X: the name QueueManager"), findings("X", "class QueueManager {}"));
        assertEquals(List.of("X: the name InfoLine"), findings("X", "record InfoLine(int i) {}"));
        assertEquals(List.of(), findings("X", "class Database {} // class Helper\n"));
    }

    private static List<String> findings(String name, String source) {
        var findings = new ArrayList<String>();
        long lines = source.lines().count();
        if (lines > LONGEST_FILE) {
            findings.add(name + ": " + lines + " lines");
        }
        var code = withoutProse(source);
        var types = TYPE.matcher(code);
        while (types.find()) {
            for (var word : types.group(1).split("(?<=[a-z0-9])(?=[A-Z])")) {
                if (BANNED.contains(word) && !THE_RFCS_OWN.contains(types.group(1))) {
                    findings.add(name + ": the name " + types.group(1));
                }
            }
        }
        findings.addAll(longMethods(name, code));
        return findings;
    }

    /// The source with its lines where they were, and everything that is not code blanked.
    private static String withoutProse(String source) {
        return PROSE.matcher(source).replaceAll(prose -> prose.group().replaceAll("[^\n]", " "));
    }

    private static List<String> longMethods(String name, String code) {
        var findings = new ArrayList<String>();
        int header = 0;
        int depth = 0;
        int parentheses = 0;
        int methodDepth = -1;
        int methodLine = 0;
        for (int i = 0; i < code.length(); i++) {
            switch (code.charAt(i)) {
                case '(' -> parentheses++;
                case ')' -> parentheses--;
                case ';' -> header = i + 1;
                case '{' -> {
                    var text = code.substring(header, i).strip();
                    if (methodDepth < 0 && parentheses == 0 && isMethod(text)) {
                        methodDepth = depth;
                        methodLine = lineOf(code, code.indexOf(text, header));
                    }
                    depth++;
                    header = i + 1;
                }
                case '}' -> {
                    depth--;
                    header = i + 1;
                    if (depth == methodDepth) {
                        int length = lineOf(code, i) - methodLine + 1;
                        if (length > LONGEST_METHOD) {
                            findings.add(
                                    name + ":" + methodLine + ": a method of " + length + " lines");
                        }
                        methodDepth = -1;
                    }
                }
                default -> {}
            }
        }
        return findings;
    }

    private static boolean isMethod(String header) {
        var plain = header.replaceAll("@\\w+(\\([^)]*\\))?", "").strip();
        return METHOD.matcher(plain).find() && !NO_METHOD.matcher(plain).find()
                || plain.matches("(?s)[A-Z]\\w*\\s*\\(.*\\)(\\s*throws\\s[\\w.,\\s]+)?");
    }

    private static int lineOf(String code, int at) {
        return (int) code.substring(0, at).chars().filter(c -> c == '\n').count() + 1;
    }
}
