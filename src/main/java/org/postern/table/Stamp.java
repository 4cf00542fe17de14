package org.postern.table;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/// What tells one state of a file from another.
///
/// @param modified when its content changed
/// @param changed when its content or anything else of it changed
/// @param file its device and number: another file under the same name has another one
record Stamp(FileTime modified, FileTime changed, long size, String file) {
    /// How coarse the times of a file system may be.
    private static final Duration GRAIN = Duration.ofSeconds(1);

    /// The state of a regular file.
    static Stamp of(Path path) throws IOException {
        var facts =
                Files.readAttributes(
                        path, "unix:isRegularFile,lastModifiedTime,ctime,size,dev,ino");
        if (!Boolean.TRUE.equals(facts.get("isRegularFile"))) {
            throw new IOException(path + ": not a regular file");
        }
        return new Stamp(
                time(facts, "lastModifiedTime"),
                time(facts, "ctime"),
                facts.get("size") instanceof Long size ? size : -1,
                facts.get("dev") + ":" + facts.get("ino"));
    }

    private static FileTime time(Map<String, Object> facts, String name) {
        return facts.get(name) instanceof FileTime time ? time : FileTime.fromMillis(0);
    }

    /// Whether the file changed so shortly before `now` that it may have changed again, or may
    /// still, without another stamp. A time to come says nothing.
    boolean isFresh(Instant now) {
        var age = Duration.between(changed.toInstant(), now);
        return !age.isNegative() && age.compareTo(GRAIN) < 0;
    }

    /// Whether both are of one file.
    boolean isOfSameFile(Stamp other) {
        return file.equals(other.file);
    }
}
