package org.postern.queue.store;

import java.io.IOException;
import java.util.Locale;
import org.postern.ipc.Submission;

/// What an error of the disk means to those who hand in mail.
final class Trouble {
    private Trouble() {}

    /// Is the disk full, or broken? The JDK tells it in words only.
    static Submission.Cause cause(IOException e) {
        var text = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
        return text.contains("no space left") || text.contains("quota exceeded")
                ? Submission.Cause.NO_SPACE
                : Submission.Cause.DISK_ERROR;
    }
}
