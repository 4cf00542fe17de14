package org.postern.keeper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/// What tells, without reading it, that a file is another one than before.
///
/// @param file which one it is, behind symbolic links
/// @param modified when it was written
/// @param size in bytes
record Stamp(String file, String modified, long size) {

    /// The stamp of what is at `path` now.
    static Stamp of(Path path) {
        try {
            var facts = Files.readAttributes(path, BasicFileAttributes.class);
            return new Stamp(
                    String.valueOf(facts.fileKey()),
                    facts.lastModifiedTime().toString(),
                    facts.size());
        } catch (IOException e) {
            return new Stamp("", "", -1);
        }
    }
}
