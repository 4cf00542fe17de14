package org.postern.table;

import java.time.Duration;
import java.util.Set;
import org.postern.config.Service;
import org.postern.config.TableDefinition;

/// Who answers for a table whose entries lie elsewhere: in a program, a database, a directory. May
/// be asked from any thread; every answer comes within a bounded time.
///
/// Keys come folded as the service wants it. What goes wrong is [Answer.Failed], never an
/// exception.
public interface Backend {
    /// Whether an entry stands for a key: the key, if so.
    Answer<String> contains(Service service, String key);

    /// The text that belongs to a key, never empty.
    Answer<String> lookup(Service service, String key);

    /// The next entry, in turn, never empty.
    Answer<String> fetch(Service service);

    /// What it can be asked for, as it has said; waits for that at most so long.
    Answer<Set<Service>> services(Duration patience);

    /// Makes it read again what it reads; 0, or why that did not work.
    Answer<Integer> reload();

    /// Where a room gets its backends from.
    @FunctionalInterface
    interface Source {
        /// A room that asks nobody: all its questions fail.
        Source NONE = Nobody::new;

        /// The backend of a table; the same for as long as the table is declared the same way.
        Backend of(TableDefinition table);
    }

    /// The backend of a table that this room does not ask.
    record Nobody(TableDefinition table) implements Backend {
        private static final String WHY = "another program answers, which this room does not ask";

        @Override
        public Answer<String> contains(Service service, String key) {
            return failed();
        }

        @Override
        public Answer<String> lookup(Service service, String key) {
            return failed();
        }

        @Override
        public Answer<String> fetch(Service service) {
            return failed();
        }

        @Override
        public Answer<Set<Service>> services(Duration patience) {
            return new Answer.Failed<>(WHY);
        }

        @Override
        public Answer<Integer> reload() {
            return new Answer.Found<>(0);
        }

        private Answer<String> failed() {
            return new Answer.Failed<>(WHY);
        }
    }
}
