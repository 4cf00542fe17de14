package org.postern.backend;

import java.util.List;
import org.postern.config.Service;

/// Where the values of a table come from: a server, or a file of SQLite. Asked by several threads
/// at a time.
interface Source extends AutoCloseable {
    /// The values that belong to a key, each of as many fields as the service wants; none if there
    /// is no such key.
    ///
    /// @throws Away if the server cannot be reached, or does not answer
    /// @throws Refused if it does not understand the question, or its answer is none
    List<List<String>> lookup(Service service, String key) throws Away, Refused;

    /// All values, for the services that are fetched.
    List<List<String>> fetch(Service service) throws Away, Refused;

    @Override
    void close();

    /// The server is away; it may come back.
    final class Away extends Exception {
        private static final long serialVersionUID = 1L;

        Away(String message, Throwable cause) {
            super(message, cause);
        }

        Away(String message) {
            super(message);
        }
    }

    /// The server is there, but the question came to nothing.
    final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        Refused(String message, Throwable cause) {
            super(message, cause);
        }

        Refused(String message) {
            super(message);
        }
    }
}
