package org.postern.supervisor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.postern.log.Log;
import org.postern.os.Identity;

/// The programs that are called at the sockets of one directory.
///
/// Used by one thread at a time, but for [#status].
final class CalledPrograms {
    private static final Duration GRACE = Duration.ofSeconds(2);

    private final Path directory;
    private final Log log;
    private final Map<Path, CalledProgram> running = new ConcurrentHashMap<>();
    private final List<CalledProgram> leaving = new ArrayList<>();

    CalledPrograms(Path directory, Log log) {
        this.directory = directory;
        this.log = log;
    }

    /// Is no program called at all? Then sockets that an earlier server left behind are removed.
    boolean beginAnew() throws IOException {
        if (!running.isEmpty()) {
            return false;
        }
        try (var files = Files.newDirectoryStream(directory)) {
            for (var file : files) {
                Files.deleteIfExists(file);
            }
        }
        return true;
    }

    /// Hears calls at `socket` by `caller`, and answers as `plan` says; what is heard already goes
    /// on.
    ///
    /// @param name for the log
    void hear(String name, Path socket, Identity caller, CalledProgram.Plan plan)
            throws IOException {
        if (!running.containsKey(socket)) {
            running.put(
                    socket,
                    CalledProgram.open(name, socket, caller.uid(), caller.gid(), plan, log));
        }
    }

    /// Hears no more calls at other sockets than these. The programs there go on until their
    /// callers hang up: for sessions that began before.
    void retainAll(Collection<Path> wanted) {
        leaving.removeIf(CalledProgram::isGone);
        for (var socket : List.copyOf(running.keySet())) {
            if (!wanted.contains(socket)) {
                var process = running.remove(socket);
                if (process != null) {
                    process.retire();
                    leaving.add(process);
                }
            }
        }
    }

    /// Ends all; their callers have ended before.
    void end() {
        running.values().forEach(CalledProgram::retire);
        leaving.addAll(running.values());
        running.clear();
        leaving.forEach(process -> process.end(GRACE));
        leaving.clear();
    }

    /// One line about each, for `smtpctl show status`.
    List<String> status() {
        return running.values().stream().map(CalledProgram::status).sorted().toList();
    }
}
