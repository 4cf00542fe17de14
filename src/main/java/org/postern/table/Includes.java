package org.postern.table;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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

    /// The same recipients, but for includes; absent if nothing was named at all. A file that is
    /// not there counts for nothing; one that is there and cannot be read is a failure, because
    /// mail for those in it would be lost.
    Answer<List<AliasValue>> expand(List<AliasValue> values) {
        var expanded = new ArrayList<AliasValue>();
        boolean answered = false;
        for (AliasValue value : values) {
            if (value instanceof AliasValue.Include(var path)) {
                switch (read(path)) {
                    case Answer.Found<List<AliasValue>>(var included) -> {
                        answered = true;
                        expanded.addAll(included);
                    }
                    case Answer.Absent<List<AliasValue>>() -> {}
                    case Answer.Failed<List<AliasValue>> failed -> {
                        return failed;
                    }
                }
            } else {
                answered = true;
                expanded.add(value);
            }
        }
        return answered ? new Answer.Found<>(List.copyOf(expanded)) : new Answer.Absent<>();
    }

    private Answer<List<AliasValue>> read(String name) {
        var path = Path.of(name);
        try {
            if (Files.notExists(path)) {
                complaints.accept(name + ": no such file; it counts for nothing");
                return new Answer.Absent<>();
            }
            if (Files.exists(path) && !Files.isRegularFile(path)) {
                return new Answer.Failed<>(name + ": not a regular file");
            }
            try (var in = Files.newInputStream(path)) {
                var bytes = in.readNBytes(MAX_FILE + 1);
                if (bytes.length > MAX_FILE) {
                    return new Answer.Failed<>(name + ": more than " + MAX_FILE + " bytes");
                }
                var text = new String(bytes, StandardCharsets.ISO_8859_1);
                return new Answer.Found<>(
                        AliasValues.parseInclude(
                                text, complaint -> complaints.accept(name + ": " + complaint)));
            }
        } catch (IOException e) {
            return new Answer.Failed<>(FileContents.cause(e));
        }
    }
}
