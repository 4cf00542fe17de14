package org.postern.delivery;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.postern.os.Filesystem;
import org.postern.os.OpenFile;

/// Puts letters into one Maildir, on a thread that acts as its user.
///
/// Each letter is written to `tmp`, synced, and renamed into `new`; then `new` is synced once for
/// all letters. A crash leaves at most a file in `tmp`, or a letter in `new` that is delivered
/// again. Directories are made with mode 0700 when they are missing, and never touched again.
final class Maildir {
    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE_DIRECTORY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE_FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final Set<OpenOption> NEW_FILE =
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

    private static final int LONGEST_FOLDER = 200;

    private final Path root;
    private final LocalUser who;
    private final MaildirNames names;
    private final Syncs syncs;

    Maildir(Path root, LocalUser who, MaildirNames names, Syncs syncs) {
        this.root = root;
        this.who = who;
        this.names = names;
        this.syncs = syncs;
    }

    /// Which folder of the Maildir a letter goes to.
    sealed interface Folder {
        /// The Maildir itself.
        record Inbox() implements Folder {}

        /// A folder made when it is missing.
        record Made(String name) implements Folder {}

        /// A folder if it is there, and else the Maildir itself.
        record IfPresent(String name) implements Folder {}

        /// The folder for a sub-address, if there is one that it can name.
        static Folder of(String extension) {
            if (extension.isEmpty()
                    || extension.length() > LONGEST_FOLDER
                    || extension.startsWith(".")
                    || extension.chars().anyMatch(c -> c < ' ' || c == 127)) {
                return new Inbox();
            }
            return new IfPresent('.' + Template.sanitised(extension).replaceAll("[/^]", ":"));
        }
    }

    /// A letter to be put, and what came of it.
    static final class Turn {
        private final Letter letter;
        private final Folder folder;
        private Phase phase = new Phase.Waiting();

        Turn(Letter letter, Folder folder) {
            this.letter = letter;
            this.folder = folder;
        }

        /// Is all of the letter in memory?
        boolean isInHand() {
            return letter.isInHand();
        }

        /// How far it has come.
        sealed interface Phase {
            record Waiting() implements Phase {}

            record Written(Path base, Path file, FileChannel channel) implements Phase {}

            record Renamed(Path file) implements Phase {}

            record Stored() implements Phase {}

            record Failed(IOException why) implements Phase {}
        }

        /// Returns if it was stored.
        ///
        /// @throws IOException why it was not
        void outcome() throws IOException {
            switch (phase) {
                case Phase.Stored() -> {}
                case Phase.Failed(var why) -> throw why;
                case Phase.Waiting _, Phase.Written _, Phase.Renamed _ ->
                        throw new IOException("the delivery was broken off");
            }
        }

        /// It is not stored, because of `why`.
        void fail(IOException why) {
            phase = new Phase.Failed(why);
        }
    }

    /// Puts all letters, each for itself: one that fails does not touch the others.
    void put(List<Turn> turns) {
        try {
            turns.forEach(this::write);
            byBase(turns).forEach(this::settle);
        } finally {
            turns.forEach(Maildir::sweep);
        }
    }

    private static Map<Path, List<Turn>> byBase(List<Turn> turns) {
        var byBase = new LinkedHashMap<Path, List<Turn>>();
        for (var turn : turns) {
            if (turn.phase instanceof Turn.Phase.Written(var base, _, _)) {
                byBase.computeIfAbsent(base, _ -> new ArrayList<>()).add(turn);
            }
        }
        return byBase;
    }

    private void write(Turn turn) {
        var name = names.next(turn.letter.length());
        try {
            var base = base(turn.folder);
            var file = base.resolve("tmp").resolve(name);
            var channel = create(base, file);
            turn.phase = new Turn.Phase.Written(base, file, channel);
            turn.letter.pour(
                    bytes -> {
                        while (bytes.hasRemaining()) {
                            channel.write(bytes);
                        }
                    });
        } catch (IOException e) {
            fail(turn, e);
        }
    }

    private Path base(Folder folder) {
        return switch (folder) {
            case Folder.Inbox() -> root;
            case Folder.Made(var name) -> root.resolve(name);
            case Folder.IfPresent(var name) -> {
                var base = root.resolve(name);
                yield Files.isDirectory(base) ? base : root;
            }
        };
    }

    /// The directories are nearly always there, so they are looked at only when they are not.
    private static FileChannel create(Path base, Path file) throws IOException {
        try {
            return FileChannel.open(file, NEW_FILE, PRIVATE_FILE);
        } catch (NoSuchFileException e) {
            makeDirectories(base);
            return FileChannel.open(file, NEW_FILE, PRIVATE_FILE);
        }
    }

    private static void makeDirectories(Path base) throws IOException {
        var missing = new ArrayList<Path>();
        for (var path = base; path != null && !Files.exists(path); path = path.getParent()) {
            missing.add(path);
        }
        Files.createDirectories(base, PRIVATE_DIRECTORY);
        for (var name : List.of("cur", "new", "tmp")) {
            Files.createDirectories(base.resolve(name), PRIVATE_DIRECTORY);
        }
        Filesystem.syncDirectory(base);
        for (var path : missing) {
            var parent = path.getParent();
            if (parent != null) {
                Filesystem.syncDirectory(parent);
            }
        }
    }

    /// Brings all letters that were written below `base` home.
    private void settle(Path base, List<Turn> turns) {
        try (var place = OpenFile.read(base.resolve("new"))) {
            var written = new ArrayList<Syncs.Wish>();
            for (var turn : turns) {
                if (turn.phase instanceof Turn.Phase.Written(_, _, var channel)) {
                    written.add(() -> channel.force(false));
                }
            }
            syncs.sync(place, written);
            turns.forEach(this::rename);
            syncs.sync(place, List.of(place::sync));
            for (var turn : turns) {
                if (turn.phase instanceof Turn.Phase.Renamed) {
                    turn.phase = new Turn.Phase.Stored();
                }
            }
        } catch (IOException e) {
            turns.stream()
                    .filter(turn -> !(turn.phase instanceof Turn.Phase.Failed))
                    .forEach(turn -> fail(turn, e));
        }
    }

    private void rename(Turn turn) {
        if (!(turn.phase instanceof Turn.Phase.Written(_, var file, var channel))) {
            return;
        }
        try {
            channel.close();
            var base = Objects.requireNonNull(file.getParent()).resolveSibling("new");
            var home = base.resolve(file.getFileName());
            Files.move(file, home, StandardCopyOption.ATOMIC_MOVE);
            turn.phase = new Turn.Phase.Renamed(home);
        } catch (IOException e) {
            fail(turn, e);
        }
    }

    private void fail(Turn turn, IOException e) {
        sweep(turn);
        turn.fail(
                e instanceof ContentLost ? e : new FileTrouble(Trouble.describe(e, who, root), e));
    }

    /// Takes away what an unfinished delivery has left.
    private static void sweep(Turn turn) {
        try {
            switch (turn.phase) {
                case Turn.Phase.Written(_, var file, var channel) -> {
                    channel.close();
                    Files.deleteIfExists(file);
                }
                case Turn.Phase.Renamed(var file) -> Files.deleteIfExists(file);
                case Turn.Phase.Waiting _, Turn.Phase.Stored _, Turn.Phase.Failed _ -> {}
            }
        } catch (IOException e) {
            // It stays, in tmp for the user's program to clean, or in new to be delivered twice.
        }
    }
}
