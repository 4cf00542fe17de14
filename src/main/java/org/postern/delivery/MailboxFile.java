package org.postern.delivery;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import org.postern.os.AsUser;
import org.postern.os.FileFacts;
import org.postern.os.OpenFile;
import org.postern.os.OsException;

/// Appends letters to mailbox files, as the user: under fcntl and flock locks, synced, and taken
/// back when anything fails.
///
/// A crash may leave a part of the last letter, which is delivered again.
final class MailboxFile {
    private static final int PRIVATE = 0600;

    private final AsUser asUser;
    private final InstantSource clock;
    private final Duration patience;
    private final Places files = new Places(1);

    /// @param patience how long to wait for a lock
    MailboxFile(AsUser asUser, InstantSource clock, Duration patience) {
        this.asUser = asUser;
        this.clock = clock;
        this.patience = patience;
    }

    /// Whose file it has to be.
    enum Owner {
        /// Whoever's the user may write to.
        ANYONE,
        /// The user's own, with no second name.
        USER
    }

    /// Appends `letter`; returns when it is on disk. Makes the file, with mode 0600, if there is
    /// none.
    ///
    /// @throws ContentLost if the content did not come whole; the file is as it was
    /// @throws IOException if the letter could not be appended; the file is as it was
    void append(Path path, LocalUser who, Owner owner, Letter letter) throws IOException {
        // Our own threads wait here, not for the lock, which is asked for again and again.
        files.within(
                path.toString(),
                () -> asUser.call(who.identity(), () -> appended(path, who, owner, letter)));
    }

    private Path appended(Path path, LocalUser who, Owner owner, Letter letter) throws IOException {
        try {
            locked(path, who, owner, letter);
            return path;
        } catch (ContentLost lost) {
            throw lost;
        } catch (IOException e) {
            throw new FileTrouble(Trouble.describe(e, who, path), e);
        }
    }

    private void locked(Path path, LocalUser who, Owner owner, Letter letter) throws IOException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            try (var file = OpenFile.append(path, PRIVATE)) {
                check(file.facts(), who, owner);
                if (!file.lock(Duration.ofNanos(deadline - System.nanoTime()))) {
                    throw new IOException("locked by another program");
                }
                if (isStill(path, file.facts())) {
                    write(file, letter);
                    return;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw (IOException) new InterruptedIOException("interrupted").initCause(e);
            }
            if (System.nanoTime() - deadline >= 0) {
                throw new IOException("replaced by another program, again and again");
            }
        }
    }

    private static void check(FileFacts facts, LocalUser who, Owner owner) throws IOException {
        if (!facts.isRegular()) {
            throw new IOException("not a regular file");
        }
        if (owner == Owner.USER && facts.links() != 1) {
            throw new IOException("it has " + facts.links() + " links");
        }
        if (owner == Owner.USER && facts.uid() != who.uid()) {
            throw new IOException("it belongs to uid " + Integer.toUnsignedString(facts.uid()));
        }
    }

    /// Does the path still name the file that was opened, and locked since?
    private static boolean isStill(Path path, FileFacts locked) throws IOException {
        try (var file = OpenFile.append(path, PRIVATE)) {
            var now = file.facts();
            return now.device() == locked.device() && now.inode() == locked.inode();
        }
    }

    private void write(OpenFile file, Letter letter) throws IOException {
        long before = file.facts().size();
        boolean complete = false;
        try {
            var sender = letter.envelope().message().sender().toString();
            MboxText.pour(
                    letter,
                    sender.isEmpty() ? "MAILER-DAEMON" : sender,
                    clock.instant(),
                    bytes ->
                            file.write(
                                    bytes.array(),
                                    bytes.arrayOffset() + bytes.position(),
                                    bytes.remaining()));
            file.sync();
            complete = true;
        } finally {
            if (!complete) {
                takeBack(file, before);
            }
        }
    }

    private static void takeBack(OpenFile file, long size) {
        try {
            file.truncate(size);
            file.sync();
        } catch (OsException e) {
            // The first error is the one that is reported; the letter will come again.
        }
    }
}
