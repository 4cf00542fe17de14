package org.postern.delivery;

import java.io.IOException;

/// A file could not be written; the message says which, as whom, and why.
final class FileTrouble extends IOException {
    private static final long serialVersionUID = 1L;

    private final IOException reason;

    /// `reason` happened, which `text` describes.
    FileTrouble(String text, IOException reason) {
        super(text, reason);
        this.reason = reason;
    }

    /// What happened.
    IOException reason() {
        return reason;
    }
}
