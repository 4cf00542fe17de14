package org.postern.queue.store;

import java.io.IOException;

/// What was read from the spool is not what was written there.
public final class Damaged extends IOException {
    Damaged(String what) {
        super(what);
    }

    Damaged(String what, Throwable cause) {
        super(what, cause);
    }

    /// Something that turned out to be unusable when it was used.
    public static Damaged because(String what, Throwable cause) {
        return new Damaged(what, cause);
    }

    /// Something that is not there.
    public static Damaged of(String what) {
        return new Damaged(what);
    }
}
