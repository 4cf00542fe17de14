package org.postern.delivery;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import org.postern.mail.EnhancedStatus;
import org.postern.mail.Outcome;
import org.postern.os.Errno;
import org.postern.os.OsException;

/// What went wrong with a file, in words that tell an administrator where to look: the path, the
/// component of it that is in the way, the user that was refused, the reason.
final class Trouble {
    /// Temporary, for no reason that has a code of its own (RFC 3463 section 3.4).
    static final EnhancedStatus OTHER = new EnhancedStatus(4, 3, 0);

    private static final EnhancedStatus SYSTEM_FULL = new EnhancedStatus(4, 3, 1);
    private static final EnhancedStatus MAILBOX_FULL = new EnhancedStatus(4, 2, 2);

    private Trouble() {}

    /// The reason alone, without the path: `Permission denied`.
    static String reason(IOException e) {
        return switch (e) {
            case AccessDeniedException _ -> "Permission denied";
            case NoSuchFileException _ -> "No such file or directory";
            case FileAlreadyExistsException _ -> "File exists";
            case NotDirectoryException _ -> "Not a directory";
            case FileSystemLoopException _ -> "Too many levels of symbolic links";
            case OsException os -> words(os.errno());
            case FileSystemException file when file.getReason() != null -> file.getReason();
            default -> e.getMessage() == null ? e.toString() : e.getMessage();
        };
    }

    private static String words(Errno errno) {
        var text = errno.toString();
        int open = text.indexOf('(');
        return open < 0 || !text.endsWith(")") ? text : text.substring(open + 1, text.length() - 1);
    }

    /// What is said of `e`, which happened to `who` at or below `path`. Asks the file system, so it
    /// runs as the user.
    static String describe(IOException e, LocalUser who, Path path) {
        var culprit =
                switch (e) {
                    case FileSystemException file when file.getFile() != null ->
                            Path.of(file.getFile());
                    case OsException os when os.subject().startsWith("/") -> Path.of(os.subject());
                    default -> path;
                };
        return culprit + ": " + reason(e) + component(culprit) + " (as " + who.ids() + ")";
    }

    /// The first directory on the way to `path` that cannot be passed, if there is one.
    private static String component(Path path) {
        for (int i = 0; i < path.getNameCount(); i++) {
            var directory = i == 0 ? path.getRoot() : path.getRoot().resolve(path.subpath(0, i));
            if (directory == null) {
                return "";
            }
            try {
                // Passing through it is what is asked, and by whom the thread acts as.
                Files.readAttributes(directory.resolve("."), "unix:mode");
            } catch (IOException e) {
                return " at " + directory;
            }
        }
        return "";
    }

    /// The attempt is deferred because of `e`; `text` says so.
    static Outcome.Deferred deferred(IOException e, String text) {
        return new Outcome.Deferred(status(e), text, "");
    }

    /// The attempt is deferred because of `text`.
    static Outcome.Deferred deferred(String text) {
        return new Outcome.Deferred(OTHER, text, "");
    }

    private static EnhancedStatus status(IOException e) {
        if (e instanceof OsException os) {
            return os.errno().equals(Errno.ENOSPC)
                    ? SYSTEM_FULL
                    : os.errno().equals(Errno.EDQUOT) ? MAILBOX_FULL : OTHER;
        }
        // The JDK gives the words of the C library, and no number.
        var reason = reason(e);
        return reason.contains("No space left")
                ? SYSTEM_FULL
                : reason.contains("quota exceeded") ? MAILBOX_FULL : OTHER;
    }
}
