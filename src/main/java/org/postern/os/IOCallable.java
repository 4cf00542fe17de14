package org.postern.os;

import java.io.IOException;

/// Work that gives something and may fail to read or write.
///
/// @param <T> what it gives
@FunctionalInterface
public interface IOCallable<T> {
    /// Does the work.
    T call() throws IOException;
}
