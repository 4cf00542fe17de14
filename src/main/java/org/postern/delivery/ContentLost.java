package org.postern.delivery;

import java.io.IOException;

/// The queue did not hand over the whole content: it hung up, or sent more or less than it said.
/// The attempt is void, and so is its conversation; nothing of the message may stay anywhere.
final class ContentLost extends IOException {
    private static final long serialVersionUID = 1L;

    ContentLost(String why) {
        super(why);
    }

    ContentLost(String why, Throwable cause) {
        super(why, cause);
    }
}
