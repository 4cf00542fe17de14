package org.postern.table;

import java.io.IOException;
import java.nio.file.Path;

/// The entries of a constant database, opened again when its file has changed (see [Watched]).
final class DatabaseContents implements Contents.Held {
    private final Watched<Entries> watched;

    private DatabaseContents(Watched<Entries> watched) {
        this.watched = watched;
    }

    /// Opens a database.
    ///
    /// @throws IOException if it is none; the message names the file and says what to do
    static DatabaseContents open(Path path, Watched.Watcher watcher) throws IOException {
        var stamp = Stamp.of(path);
        var first = entries(path);
        return new DatabaseContents(
                new Watched<>(path, _ -> new Answer.Found<>(entries(path)), watcher, stamp, first));
    }

    private static Entries entries(Path path) throws IOException {
        return Entries.of(Database.open(path));
    }

    @Override
    public Answer<Entries> entries() {
        return new Answer.Found<>(watched.newest());
    }

    @Override
    public Answer<Integer> reload() {
        return watched.reload().then(fresh -> new Answer.Found<>(fresh.size()));
    }
}
