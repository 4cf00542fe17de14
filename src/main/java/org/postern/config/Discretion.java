package org.postern.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.postern.config.TableDefinition.Origin;
import org.postern.mail.Chunk;

/// The text of a configuration without the passwords in it, for those who need not know them: what
/// stands as a value in a table that is asked for passwords alone is `x` and nothing else. All else
/// is where it was.
///
/// What comes from a macro stays, and what stands in a comment.
final class Discretion {
    private final Map<String, char[]> files = new HashMap<>();
    private final Config config;
    private boolean changed;

    private Discretion(Config config) {
        this.config = config;
        for (var file : config.sources().files()) {
            files.put(file.name(), file.text().text().toCharArray());
        }
    }

    /// What `config` was made of, without its passwords; as it is, if that could not be understood
    /// any more.
    static Sources of(Config config) {
        var discretion = new Discretion(config);
        for (var table : config.tables().values()) {
            if (table.origin() instanceof Origin.InlineMapping(var pairs)
                    && config.services(table.name()).equals(Set.of(Service.CREDENTIALS))) {
                pairs.forEach(discretion::blank);
            }
        }
        return discretion.changed ? discretion.result() : config.sources();
    }

    private Sources result() {
        var sources = config.sources();
        var blanked = new ArrayList<SourceFile>();
        for (var file : sources.files()) {
            var text = files.get(file.name());
            blanked.add(
                    text == null ? file : new SourceFile(file.name(), Chunk.of(new String(text))));
        }
        var result =
                new Sources(
                        sources.main(),
                        List.copyOf(blanked),
                        sources.defines(),
                        sources.host(),
                        sources.generation());
        return Config.read(result).problems().isEmpty() ? result : sources;
    }

    private void blank(TableDefinition.Pair pair) {
        var text = files.get(pair.valueAt().file());
        if (text == null) {
            return;
        }
        int at = offset(text, pair.valueAt());
        boolean quoted = at < text.length && (text[at] == '"' || text[at] == '\'');
        int end = quoted ? quotedEnd(text, at) : plainEnd(text, at, pair);
        for (int i = quoted ? at + 1 : at; i < end; i++) {
            if (text[i] != '\n' && text[i] != '\r') {
                text[i] = 'x';
                changed = true;
            }
        }
    }

    /// Where the quote stands that ends a string. One that has a backslash before it does not.
    private static int quotedEnd(char[] text, int at) {
        int i = at + 1;
        while (i < text.length && text[i] != text[at]) {
            boolean escapes = text[i] == '\\' && i + 1 < text.length && text[i + 1] == text[at];
            i += escapes ? 2 : 1;
        }
        return Math.min(i, text.length);
    }

    /// After a word that is the value itself, and not a macro for it.
    private static int plainEnd(char[] text, int at, TableDefinition.Pair pair) {
        int end = at + pair.value().length();
        return end <= text.length && new String(text, at, end - at).equals(pair.value()) ? end : at;
    }

    private static int offset(char[] text, Position at) {
        int line = 1;
        int i = 0;
        while (line < at.line() && i < text.length) {
            if (text[i] == '\n') {
                line++;
            }
            i++;
        }
        return i + at.column() - 1;
    }
}
