package org.postern.delivery;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.postern.ipc.Deadlines;
import org.postern.ipc.Inquiry;
import org.postern.ipc.Userbase;
import org.postern.os.Account;
import org.postern.os.Accounts;
import org.postern.os.Lookup;
import org.postern.table.Answer;

/// Users of whom `front` tells, because only it can ask their userbase.
///
/// `front` may be in a stranger's hands, so it is not believed in everything: a user and a group
/// are taken from it only from [#FLOOR] on, and never those of a room. Root and the users of the
/// system are out of its reach. Any thread may ask.
final class Hearsay {
    /// The first user, and the first group, that are people's and not the system's.
    static final int FLOOR = 1000;

    /// `nobody`, whose files are everybody's who has none, and what 16 bits cannot tell from root.
    private static final int NOBODY = 65534;

    private static final List<String> ROOMS = List.of("smtpd", "smtpq", "smtpt");
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final int CONVERSATIONS = 16;

    /// Asks `front`.
    interface Source {
        Userbase.Answer ask(Userbase question) throws IOException;
    }

    private final Source source;
    private final Accounts accounts;
    private final Means.Reach reach;

    Hearsay(Source source, Accounts accounts, Means.Reach reach) {
        this.source = source;
        this.accounts = accounts;
        this.reach = reach;
    }

    /// What the `front` that hears at `socket` tells.
    static Hearsay from(Path socket, Deadlines deadlines, Accounts accounts, Means.Reach reach) {
        var inquiry =
                new Inquiry<>(
                        socket, Userbase.frames(), Userbase.answers(), deadlines, CONVERSATIONS);
        return new Hearsay(question -> inquiry.ask(question, PATIENCE), accounts, reach);
    }

    /// The user of this name in a table.
    Answer<LocalUser> find(String table, String name) {
        Userbase.Answer answer;
        try {
            answer = source.ask(new Userbase.Who(table, name));
        } catch (IOException e) {
            return new Answer.Failed<>("the room front: " + e.getMessage());
        }
        return switch (answer) {
            case Userbase.Answer.Known(var uid, var gid, var home) ->
                    believed(table, new LocalUser(name, uid, gid, home));
            case Userbase.Answer.Unknown() -> new Answer.Absent<>();
            case Userbase.Answer.Unavailable(var why) -> new Answer.Failed<>(why);
        };
    }

    private Answer<LocalUser> believed(String table, LocalUser user) {
        if (!user.home().startsWith("/") || user.home().indexOf('\0') >= 0) {
            return refused(table, user, "the directory is not absolute");
        }
        // Who can only act as one user, and is not root, can do no harm as another.
        if (reach instanceof Means.Reach.Own(var self) && self != 0 && self == user.uid()) {
            return new Answer.Found<>(user);
        }
        if (!isOfPeople(user.uid()) || !isOfPeople(user.gid())) {
            return refused(
                    table,
                    user,
                    "a table that another program answers for may only name users and groups from "
                            + FLOOR
                            + " on, other than "
                            + NOBODY);
        }
        for (var room : ROOMS) {
            switch (accounts.byName(room)) {
                case Lookup.Found<Account>(var account) -> {
                    if (account.uid() == user.uid() || account.gid() == user.gid()) {
                        return refused(table, user, "that is the mail server's own user " + room);
                    }
                }
                case Lookup.Absent<Account>() -> {}
                case Lookup.Failed<Account>(var cause) -> {
                    return new Answer.Failed<>(cause);
                }
            }
        }
        return new Answer.Found<>(user);
    }

    private static boolean isOfPeople(int id) {
        return id >= FLOOR && id != NOBODY && id != 65535;
    }

    private static Answer<LocalUser> refused(String table, LocalUser user, String why) {
        return new Answer.Failed<>(
                "table %s: user %s is %s: %s".formatted(table, user.name(), user.ids(), why));
    }
}
