package org.postern.supervisor;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.postern.ipc.Room;
import org.postern.os.Account;
import org.postern.os.Accounts;
import org.postern.os.Capability;
import org.postern.os.Identity;
import org.postern.os.Lookup;
import org.postern.os.ProcessFacts;

/// Who lives in the house: the identity of each room.
sealed interface Household {
    /// The user of the network-facing room.
    String FRONT_USER = "smtpd";

    /// The user of the rooms that own the spool and the keys.
    String QUEUE_USER = "smtpq";

    /// The user of the programs that answer for tables.
    String TABLE_USER = "smtpt";

    /// Rooms are users of their own: what a server started by root does.
    ///
    /// @param tables the user of table programs; front's, where there is no other
    record Separate(Identity front, Identity queue, Identity tables) implements Household {}

    /// All rooms are the caller's own user, still separate processes and still fenced: what a
    /// server started by anybody else does, and a private server of root where the users do not
    /// exist or where it is asked for (`POSTERN_ROOMS=own`).
    record Own(Identity self) implements Household {}

    /// The household that this caller can have.
    ///
    /// @throws IOException if the users that a system's server needs do not exist, or cannot be
    ///   looked up
    static Household found(Options.Files files) throws IOException {
        boolean asked =
                files == Options.Files.PRIVATE && "own".equals(System.getenv("POSTERN_ROOMS"));
        if (asked || !ProcessFacts.canChangeIdentity()) {
            return new Own(ProcessFacts.identity());
        }
        var accounts = new Accounts();
        var front = identity(accounts, FRONT_USER);
        var queue = identity(accounts, QUEUE_USER);
        if (front.isEmpty() || queue.isEmpty()) {
            if (files == Options.Files.PRIVATE) {
                return new Own(ProcessFacts.identity());
            }
            throw new IOException(
                    "the users smtpd and smtpq are needed; make them with"
                            + " \"useradd --system --home-dir / --shell /usr/sbin/nologin smtpd\""
                            + " and the same for smtpq");
        }
        var tables = identity(accounts, TABLE_USER);
        return new Separate(
                front.getFirst(),
                queue.getFirst(),
                tables.isEmpty() ? front.getFirst() : tables.getFirst());
    }

    private static List<Identity> identity(Accounts accounts, String name) throws IOException {
        return switch (accounts.byName(name)) {
            case Lookup.Found<Account>(var account) ->
                    List.of(new Identity(account.uid(), account.gid(), List.of(account.gid())));
            case Lookup.Absent<Account>() -> List.of();
            case Lookup.Failed<Account>(var cause) -> throw new IOException(cause);
        };
    }

    /// Who `room` is.
    default Identity of(Room room) {
        return switch (this) {
            case Own(var self) -> self;
            case Separate(var front, var queue, _) ->
                    switch (room) {
                        case FRONT -> front;
                        case QUEUE, KEEPER -> queue;
                        // It enters the rooms' directories as a member of front's group.
                        case DELIVERY -> new Identity(0, 0, List.of(front.gid()));
                    };
        };
    }

    /// Who the programs are that answer for tables.
    default Identity tables() {
        return switch (this) {
            case Own(var self) -> self;
            case Separate(_, _, var tables) -> tables;
        };
    }

    /// Who the program is that asks PAM: modules want to be root, and only root can be that.
    default Identity accounts() {
        return switch (this) {
            case Own(var self) -> self;
            case Separate _ -> new Identity(0, 0, List.of(0));
        };
    }

    /// Whether table programs have to be `front`, for want of a user of their own.
    default boolean lacksTableUser() {
        return switch (this) {
            case Own _ -> false;
            case Separate(var front, _, var tables) -> tables.uid() == front.uid();
        };
    }

    /// What `room` keeps of root's power.
    default Set<Capability> capabilities(Room room) {
        return switch (this) {
            // Root without it could not enter a directory that is closed to others.
            case Own(var self) -> self.isRoot() ? Set.of(Capability.DAC_READ_SEARCH) : Set.of();
            case Separate _ ->
                    switch (room) {
                        case FRONT -> Set.of(Capability.NET_BIND_SERVICE);
                        case QUEUE -> Set.of();
                        case KEEPER -> Set.of(Capability.DAC_READ_SEARCH);
                        case DELIVERY ->
                                Set.of(
                                        Capability.SETUID,
                                        Capability.SETGID,
                                        Capability.CHOWN,
                                        Capability.KILL);
                    };
        };
    }

    /// The users as the rooms are told them: a number each, in the order of the rooms, then the
    /// supervisor's.
    default List<String> users() throws IOException {
        var users = new ArrayList<String>();
        for (var room : Room.values()) {
            users.add(Integer.toUnsignedString(of(room).uid()));
        }
        users.add(Integer.toUnsignedString(ProcessFacts.uid()));
        return List.copyOf(users);
    }
}
