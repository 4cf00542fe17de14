package org.postern.table;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Puts the recipients of included files in the place of their names.
///
/// Files are read with the rights of the room that asks; only regular ones, so that nothing blocks,
/// and no more than a megabyte.
final class Includes {
    private static final int MAX_FILE = 1 << 20;

    private final Consumer<String> complaints;

    Includes(Consumer<String> complaints) {
        this.complaints = complaints;
    }

    /// The same recipients, but for includes; absent if nothing was named at all.
    Answer<List<AliasValue>> expand(List<AliasValue> values) {
        var expanded = new ArrayList<AliasValue>();
        boolean answered = false;
        for (AliasValue value : values) {
            if (value instanceof AliasValue.Include(var path)) {
                var included = read(path);
                answered |= included.isPresent();
                included.ifPresent(expanded::addAll);
            } else {
                answered = true;
                expanded.add(value);
            }
        }
        return answered ? new Answer.Found<>(List.copyOf(expanded)) : new Answer.Absent<>();
    }

    private Optional<List<AliasValue>> read(String name) {
        var path = Path.of(name);
        try {
            if (!Files.isRegularFile(path)) {
                complaints.accept(name + ": not a regular file; it counts for nothing");
                return Optional.empty();
            }
            try (var in = Files.newInputStream(path)) {
                var bytes = in.readNBytes(MAX_FILE + 1);
                if (bytes.length > MAX_FILE) {
                    complaints.accept(name + ": more than " + MAX_FILE + " bytes; not read");
                    return Optional.empty();
                }
                var text = new String(bytes, StandardCharsets.ISO_8859_1);
                return Optional.of(
                        AliasValues.parseInclude(
                                text, complaint -> complaints.accept(name + ": " + complaint)));
            }
        } catch (IOException e) {
            complaints.accept(FileContents.cause(e) + "; it counts for nothing");
            return Optional.empty();
        }
    }
}
