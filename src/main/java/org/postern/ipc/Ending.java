package org.postern.ipc;

import org.postern.os.ProcessFacts;

/// How the supervisor and the rooms end: at once, when all is done.
///
/// The Java machine would first wait 0.3 s for threads that are in native code; a server always has
/// some, and stops one room after the other.
public final class Ending {
    /// The system property that names the directory in which a process notes what classes it loads,
    /// for `bin/share-classes`. The notes are only written when the machine ends in its own way.
    public static final String NOTING = "org.postern.noting";

    private Ending() {}

    /// Ends this process with `status`; returns only when it has to end by [System#exit].
    public static void with(int status) {
        System.err.flush();
        if (System.getProperty(NOTING, "").isEmpty()) {
            ProcessFacts.end(status);
        }
    }
}
