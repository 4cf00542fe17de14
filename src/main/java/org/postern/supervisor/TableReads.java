package org.postern.supervisor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeMap;

/// What `front` has to be let in to for the tables that are files, and for what tables include.
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

    /// The same with files that tables include: each alone, so that it has to be a regular file.
    /// One that lies where `front` reads anyway needs nothing; one that is or lies in a `secret` is
    /// not let in, whoever may write its name into a table.
    TableReads with(Collection<Path> included, Collection<Path> secrets) {
        var open = paths.stream().map(TableReads::real).toList();
        var hidden = secrets.stream().map(TableReads::real).toList();
        var all = new HashSet<>(paths);
        var fresh = new TreeMap<Path, Object>();
        for (var file : included) {
            var reached = real(file);
            if (open.stream().anyMatch(reached::startsWith)
                    || hidden.stream().anyMatch(reached::startsWith)) {
                continue;
            }
            if (Files.isRegularFile(file)) {
                all.add(file);
            }
            fresh.put(file, identity(file));
        }
        return new TableReads(all, alone + fresh);
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
