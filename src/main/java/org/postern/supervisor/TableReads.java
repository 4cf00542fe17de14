package org.postern.supervisor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeMap;

/// What `front` has to be let in to for the tables that are files.
///
/// That is the directory of each, because a table is replaced by renaming a new file over it. But
/// where a secret lies in that directory or below it, it is the file alone: a new file in its place
/// is out of reach until a reload, which then replaces the room.
///
/// @param paths directories and files
/// @param alone which files those are that are let in alone
record TableReads(Set<Path> paths, String alone) {
    TableReads {
        paths = Set.copyOf(paths);
    }

    /// The reads for these tables, away from `secrets`: files and directories.
    static TableReads of(Collection<Path> tables, Collection<Path> secrets) {
        var hidden = secrets.stream().map(TableReads::real).toList();
        var paths = new HashSet<Path>();
        var alone = new TreeMap<Path, Object>();
        for (var table : tables) {
            var file = table.toAbsolutePath().normalize();
            var directory = file.getParent();
            if (directory != null && Files.isDirectory(directory)) {
                var reached = real(directory);
                if (hidden.stream().noneMatch(secret -> secret.startsWith(reached))) {
                    paths.add(directory);
                    continue;
                }
            }
            paths.add(file);
            alone.put(file, identity(file));
        }
        return new TableReads(paths, alone.toString());
    }

    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException e) {
            // It is not there, or not yet: as it is written.
            return path.toAbsolutePath().normalize();
        }
    }

    private static Object identity(Path file) {
        try {
            return String.valueOf(Files.getAttribute(file, "unix:ino"));
        } catch (IOException e) {
            return "none";
        }
    }
}
