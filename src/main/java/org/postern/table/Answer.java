package org.postern.table;

import java.util.function.Function;

/// What a table answers: a value, that there is none, or that it could not look.
public sealed interface Answer<T> {
    /// The value that was asked for.
    record Found<T>(T value) implements Answer<T> {}

    /// The table was asked, and has no such key.
    record Absent<T>() implements Answer<T> {}

    /// The table could not be asked, or what it holds cannot be understood; whoever asked defers.
    record Failed<T>(String cause) implements Answer<T> {}

    /// Makes something else of the value that was found.
    default <R> Answer<R> then(Function<? super T, Answer<R>> next) {
        return switch (this) {
            case Found<T>(var value) -> next.apply(value);
            case Absent<T>() -> new Absent<>();
            case Failed<T>(var cause) -> new Failed<>(cause);
        };
    }
}
