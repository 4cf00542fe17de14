package org.postern.delivery;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.postern.ipc.Accounts.Answer;
import org.postern.ipc.Accounts.Target;
import org.postern.mail.Share.Destination.Kind;
import org.postern.os.AsUser;
import org.postern.os.Errno;
import org.postern.os.OpenFile;
import org.postern.os.OsException;
import org.postern.table.AliasValue;
import org.postern.table.AliasValues;

/// Reads `~/.forward` as the user: only a regular file of the user's own that nobody else can
/// write, in a home that is the user's or root's and that nobody else can write. What is not so is
/// insecure, never absent: mail is refused until the user has mended it.
///
/// A sticky home means that the user is editing the file: mail waits.
final class ForwardFile {
    private static final int LARGEST = 4095;
    private static final int MOST_TARGETS = 100;
    private static final int STICKY = 01000;
    private static final int WRITABLE_BY_OTHERS = 0022;

    /// Errors that mean that there is no file: ENOENT, ENOTDIR.
    private static final Set<Errno> ABSENT = Set.of(Errno.ENOENT, Errno.ENOTDIR);

    /// Errors that mean that the file is not one to follow: a link (ELOOP), one that the user may
    /// not read (EACCES), a socket (ENXIO). Any other may pass by itself, as that of a file server
    /// that is away.
    private static final Set<Errno> UNSAFE = Set.of(Errno.ELOOP, Errno.EACCES, Errno.ENXIO);

    private final AsUser asUser;
    private final Seals seals;

    ForwardFile(AsUser asUser, Seals seals) {
        this.asUser = asUser;
        this.seals = seals;
    }

    /// What came of reading the file.
    private sealed interface Reading {
        record Text(String text) implements Reading {}

        record Not(Answer answer) implements Reading {}
    }

    /// Where the mail of `who` goes, by the action of this name.
    Answer of(String action, LocalUser who) {
        Reading reading;
        try {
            reading = asUser.call(who.identity(), () -> read(who));
        } catch (IOException e) {
            return new Answer.Unavailable(Trouble.reason(e));
        }
        return switch (reading) {
            case Reading.Text(var text) -> answer(action, who, text);
            case Reading.Not(var answer) -> answer;
        };
    }

    private static Reading read(LocalUser who) {
        var home = Path.of(who.home());
        var path = home.resolve(".forward");
        try {
            int mode = (int) Files.getAttribute(home, "unix:mode");
            if ((mode & STICKY) != 0) {
                return not(new Answer.Unreadable(home + " is sticky: the user is at work in it"));
            }
            try (var file = OpenFile.read(path)) {
                return read(who, home, path, file);
            }
        } catch (NoSuchFileException e) {
            return not(new Answer.NoForward());
        } catch (AccessDeniedException e) {
            return not(new Answer.Insecure(home + " cannot be searched by the user"));
        } catch (OsException e) {
            return not(unopened(path, e));
        } catch (IOException e) {
            return not(new Answer.Unreadable(Trouble.describe(e, who, path)));
        }
    }

    private static Reading not(Answer answer) {
        return new Reading.Not(answer);
    }

    private static Answer unopened(Path path, OsException e) {
        if (ABSENT.contains(e.errno())) {
            return new Answer.NoForward();
        }
        var text = path + ": " + Trouble.reason(e);
        return UNSAFE.contains(e.errno()) ? new Answer.Insecure(text) : new Answer.Unreadable(text);
    }

    private static Reading read(LocalUser who, Path home, Path path, OpenFile file)
            throws IOException {
        var facts = file.facts();
        if (!facts.isRegular()) {
            return not(new Answer.Insecure(path + " is not a regular file"));
        }
        if (facts.uid() != who.uid()) {
            return not(new Answer.Insecure(path + " does not belong to the user"));
        }
        if (facts.isWritableByOthers()) {
            return not(new Answer.Insecure(path + " can be written by others"));
        }
        var real = home.toRealPath();
        int owner = (int) Files.getAttribute(real, "unix:uid");
        int mode = (int) Files.getAttribute(real, "unix:mode");
        if (owner != who.uid() && owner != 0) {
            return not(new Answer.Insecure(real + " does not belong to the user"));
        }
        if ((mode & WRITABLE_BY_OTHERS) != 0) {
            return not(new Answer.Insecure(real + " can be written by others"));
        }
        if (facts.size() > LARGEST) {
            return not(new Answer.Unreadable(path + " is over " + LARGEST + " bytes"));
        }
        return new Reading.Text(new String(file.readAll(LARGEST), StandardCharsets.ISO_8859_1));
    }

    private Answer answer(String action, LocalUser who, String text) {
        var path = who.home() + "/.forward";
        return switch (AliasValues.parseForward(text)) {
            case org.postern.table.Answer.Failed<List<AliasValue>>(var cause) ->
                    new Answer.Unreadable(path + ": " + cause);
            case org.postern.table.Answer.Absent<List<AliasValue>>() -> new Answer.NoForward();
            case org.postern.table.Answer.Found<List<AliasValue>>(var values) ->
                    values.size() > MOST_TARGETS
                            ? new Answer.Unreadable(path + " names over 100 recipients")
                            : targets(action, who, values);
        };
    }

    private Answer targets(String action, LocalUser who, List<AliasValue> values) {
        var owner = new Seals.Owner(action, who.name(), who.uid());
        var targets = new ArrayList<Target>();
        for (var value : values) {
            switch (value) {
                case AliasValue.User(var name) -> targets.add(new Target.User(name));
                case AliasValue.Address(var mailbox) -> targets.add(new Target.Elsewhere(mailbox));
                case AliasValue.Refusal(var code, var text) ->
                        targets.add(new Target.Refusal(code, text));
                case AliasValue.Include _ -> {} // Ignored in forward files.
                case AliasValue.Command(var command) -> {
                    if (who.isRoot()) {
                        return new Answer.Unavailable("root's .forward may not name a command");
                    }
                    targets.add(new Target.Command(seals.seal(owner, Kind.COMMAND, command)));
                }
                case AliasValue.File(var file) -> {
                    if (who.isRoot()) {
                        return new Answer.Unavailable("root's .forward may not name a file");
                    }
                    targets.add(new Target.File(seals.seal(owner, Kind.FILE, file)));
                }
            }
        }
        return targets.isEmpty() ? new Answer.NoForward() : new Answer.Forwards(targets);
    }
}
