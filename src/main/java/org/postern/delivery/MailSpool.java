package org.postern.delivery;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.postern.os.FileFacts;
import org.postern.os.OpenFile;
import org.postern.os.OsException;
import org.postern.os.ProcessFacts;

/// The directory of the users' mailboxes, `/var/mail`: delivers into the file that is named like
/// the user.
///
/// The file is made by the room, since users may not make files there, and given to the user; the
/// dot-lock is made by the room too. The letter is appended by the user.
final class MailSpool {
    private static final Duration STALE = Duration.ofMinutes(5);
    private static final Duration PAUSE = Duration.ofMillis(250);
    private static final String LOCK = ".lock";
    private static final int STICKY = 01000;
    private static final int WRITABLE_BY_ALL = 0002;

    private final Path directory;
    private final MailboxFile mailbox;
    private final InstantSource clock;
    private final Duration patience;
    private final Places mailboxes = new Places(1);

    /// @param patience how long to wait for the dot-lock
    MailSpool(Path directory, MailboxFile mailbox, InstantSource clock, Duration patience) {
        this.directory = directory;
        this.mailbox = mailbox;
        this.clock = clock;
        this.patience = patience;
    }

    /// Appends `letter` to the mailbox of `who`.
    ///
    /// @throws IOException if it could not; the mailbox is as it was
    void append(LocalUser who, Letter letter) throws IOException {
        // Another user's lock could be taken for the mailbox of this one, and the reverse.
        if (who.name().isEmpty()
                || who.name().startsWith(".")
                || who.name().endsWith(LOCK)
                || who.name().contains("/")) {
            throw new IOException("no file can be named like this user");
        }
        mailboxes.within(who.name(), () -> locked(directory.resolve(who.name()), who, letter));
    }

    private Path locked(Path path, LocalUser who, Letter letter) throws IOException {
        checkDirectory();
        var lock = lock(who);
        try {
            make(path, who);
            mailbox.append(path, who, MailboxFile.Owner.USER, letter);
            return path;
        } finally {
            if (lock.isPresent()) {
                Files.deleteIfExists(lock.get());
            }
        }
    }

    private void checkDirectory() throws IOException {
        int mode = (int) Files.getAttribute(directory, "unix:mode");
        if ((mode & WRITABLE_BY_ALL) != 0 && (mode & STICKY) == 0) {
            throw new IOException(
                    directory + ": everybody may write to it, and it is not sticky: not safe");
        }
    }

    /// Makes the dot-lock; none where this process may not make files.
    private Optional<Path> lock(LocalUser who) throws IOException {
        var lock = directory.resolve(who.name() + LOCK);
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            try {
                Files.write(
                        lock,
                        (ProcessFacts.pid() + "\n").getBytes(StandardCharsets.ISO_8859_1),
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.WRITE);
                return Optional.of(lock);
            } catch (AccessDeniedException e) {
                // Not root: the locks on the file itself have to do.
                return Optional.empty();
            } catch (FileAlreadyExistsException e) {
                removeIfStale(lock);
            }
            if (System.nanoTime() - deadline >= 0) {
                throw new IOException(lock + ": locked by another program");
            }
            try {
                Thread.sleep(PAUSE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw (IOException) new InterruptedIOException("interrupted").initCause(e);
            }
        }
    }

    private void removeIfStale(Path lock) throws IOException {
        try {
            Instant made = Files.getLastModifiedTime(lock, LinkOption.NOFOLLOW_LINKS).toInstant();
            if (made.plus(STALE).isBefore(clock.instant())) {
                Files.deleteIfExists(lock);
            }
        } catch (NoSuchFileException e) {
            // Whoever held it is done.
        }
    }

    /// Makes the user's mailbox if there is none, and gives it away by its open descriptor: by
    /// name, it could have become another file.
    private static void make(Path path, LocalUser who) throws IOException {
        if (ProcessFacts.uid() == who.uid() || Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (var file = OpenFile.append(path, 0600)) {
            if (isNew(file.facts())) {
                file.giveTo(who.uid(), who.gid());
            }
        } catch (OsException e) {
            throw new FileTrouble(path + ": " + Trouble.reason(e), e);
        }
    }

    private static boolean isNew(FileFacts facts) {
        return facts.isRegular()
                && facts.links() == 1
                && facts.size() == 0
                && facts.uid() == ProcessFacts.uid();
    }
}
