package org.postern.os;

/// What asking the system about a name answered.
///
/// @param <T> what was asked for
public sealed interface Lookup<T> {
    /// It exists.
    record Found<T>(T value) implements Lookup<T> {}

    /// It does not exist: the system looked and said so.
    record Absent<T>() implements Lookup<T> {}

    /// The system could not look; asking later may help.
    ///
    /// @param cause the reason, for the log
    record Failed<T>(String cause) implements Lookup<T> {}
}
