package org.postern.ipc;

import java.io.IOException;

/// What was heard is not a frame of this conversation. The conversation ends; nothing else does.
public final class Malformed extends IOException {
    Malformed(String what) {
        super(what);
    }

    Malformed(String what, Throwable cause) {
        super(what, cause);
    }
}
