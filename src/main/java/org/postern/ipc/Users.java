package org.postern.ipc;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Which user each room runs as: how a hearer knows who speaks.
///
/// @param rooms every room's user
/// @param supervisor the supervisor's user, which is also that of the tools that may give orders
public record Users(Map<Room, UserPrincipal> rooms, UserPrincipal supervisor) {
    public Users {
        rooms = Map.copyOf(rooms);
        if (rooms.size() != Room.values().length) {
            throw new IllegalArgumentException("every room has a user");
        }
    }

    /// The user that `room` runs as.
    public UserPrincipal of(Room room) {
        return java.util.Objects.requireNonNull(rooms.get(room));
    }

    /// Only these rooms are heard.
    public Hearing.Audience only(Room... speakers) {
        var users = new ArrayList<UserPrincipal>();
        for (var room : speakers) {
            users.add(of(room));
        }
        return new Hearing.Audience.Only(Set.copyOf(users));
    }

    /// Only those who may give orders are heard: root, and the supervisor's user.
    public Hearing.Audience orders() {
        return ordersOf(supervisor);
    }

    /// Only `user` and root are heard.
    public static Hearing.Audience ordersOf(UserPrincipal user) {
        try {
            var lookup = FileSystems.getDefault().getUserPrincipalLookupService();
            var users = new HashSet<>(Set.of(user));
            users.add(lookup.lookupPrincipalByName("0"));
            return new Hearing.Audience.Only(users);
        } catch (IOException e) {
            throw new IllegalStateException("a number is always a user", e);
        }
    }

    /// The users named in `names`: those of the rooms in their order, then the supervisor's. A name
    /// is one the system knows, or a number.
    ///
    /// @throws IOException if a name is unknown
    static Users named(List<String> names) throws IOException {
        var lookup = FileSystems.getDefault().getUserPrincipalLookupService();
        var rooms = new EnumMap<Room, UserPrincipal>(Room.class);
        for (var room : Room.values()) {
            rooms.put(room, lookup.lookupPrincipalByName(names.get(room.ordinal())));
        }
        return new Users(rooms, lookup.lookupPrincipalByName(names.get(Room.values().length)));
    }
}
