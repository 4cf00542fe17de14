package org.postern.os;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// The user ids of all threads of this process.
final class UsersOfThreads {
    private UsersOfThreads() {}

    /// Gives the sets of user ids that are there; a thread that is about to end has half a minute
    /// to do so.
    static Set<List<Integer>> now() throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        var found = look();
        while (found.size() > 1 && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
            found = look();
        }
        return found;
    }

    private static Set<List<Integer>> look() throws IOException {
        var found = new HashSet<List<Integer>>();
        try (var tasks = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
            for (var task : tasks) {
                try {
                    found.add(ProcessStatus.read(task.resolve("status")).uids());
                } catch (NoSuchFileException ended) {
                    // A thread that is gone has no user.
                } catch (IOException ending) {
                    if (Files.exists(task)) {
                        throw ending;
                    }
                }
            }
        }
        return found;
    }
}
