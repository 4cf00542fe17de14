package org.postern.table;

import java.io.IOException;
import java.util.Optional;
import org.postern.config.Service;
import org.postern.config.TableRef.Shape;

/// Where a table takes its entries from, and how it is asked. Keys come in lower case, but for
/// [Service#AUTH]; they may be asked from any thread.
sealed interface Contents permits Contents.Held, Contents.Asked {

    /// [Shape#LIST], [Shape#MAPPING], or [Shape#EITHER] if that cannot be told, or not yet.
    Shape shape();

    /// Whether an entry stands for a key: the key, if so.
    ///
    /// @param delimiter what parts a user from a sub-address
    Answer<String> contains(Service service, String key, char delimiter);

    /// The text that a key has.
    Answer<String> lookup(Service service, String key);

    /// The next key, in turn.
    Answer<String> fetch(Service service);

    /// Takes the entries from their source again, now: how many there are, or why the old ones
    /// stay.
    Answer<Integer> reload();

    /// Entries that this room has at hand.
    sealed interface Held extends Contents
            permits Fixed, Elsewhere, FileContents, DatabaseContents {
        /// The entries of now; [Answer.Failed] if there are none that can be asked.
        Answer<Entries> entries();

        @Override
        default Shape shape() {
            return entries() instanceof Answer.Found<Entries>(var held)
                    ? held.shape()
                    : Shape.EITHER;
        }

        @Override
        default Answer<String> contains(Service service, String key, char delimiter) {
            return ask(
                    entries ->
                            entries.contains(service, key, delimiter)
                                    ? Optional.of(key)
                                    : Optional.empty());
        }

        @Override
        default Answer<String> lookup(Service service, String key) {
            return ask(
                    entries -> {
                        if (entries.shape() == Shape.LIST) {
                            throw new IOException("it is a list, and has no values");
                        }
                        return entries.value(key);
                    });
        }

        @Override
        default Answer<String> fetch(Service service) {
            return ask(Entries::fetch);
        }

        private Answer<String> ask(Question question) {
            return entries()
                    .then(
                            entries -> {
                                try {
                                    return question.ask(entries)
                                            .<Answer<String>>map(Answer.Found::new)
                                            .orElseGet(Answer.Absent::new);
                                } catch (IOException e) {
                                    return new Answer.Failed<>(String.valueOf(e.getMessage()));
                                }
                            });
        }
    }

    /// A question to entries.
    @FunctionalInterface
    interface Question {
        /// The answer, if there is one.
        Optional<String> ask(Entries entries) throws IOException;
    }

    /// The entries written in the configuration.
    record Fixed(Entries held) implements Held {
        @Override
        public Answer<Entries> entries() {
            return new Answer.Found<>(held);
        }

        @Override
        public Answer<Integer> reload() {
            return new Answer.Found<>(held.size());
        }
    }

    /// Another room has them: the accounts of the system.
    record Elsewhere() implements Held {
        @Override
        public Shape shape() {
            return Shape.MAPPING;
        }

        @Override
        public Answer<Entries> entries() {
            return new Answer.Failed<>("the accounts of the system are not looked up here");
        }

        @Override
        public Answer<Integer> reload() {
            return new Answer.Found<>(0);
        }
    }

    /// Another program or a server has them, and is asked each time.
    record Asked(Backend backend) implements Contents {
        @Override
        public Shape shape() {
            return Shape.EITHER;
        }

        @Override
        public Answer<String> contains(Service service, String key, char delimiter) {
            return backend.contains(service, key);
        }

        @Override
        public Answer<String> lookup(Service service, String key) {
            return backend.lookup(service, key);
        }

        @Override
        public Answer<String> fetch(Service service) {
            return backend.fetch(service);
        }

        @Override
        public Answer<Integer> reload() {
            return backend.reload();
        }
    }
}
