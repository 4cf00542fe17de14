package org.postern.supervisor;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.postern.config.Sources;
import org.postern.ipc.Leash;
import org.postern.ipc.Room;

/// The rooms on their way to another configuration: all that can fail is done first, while they go
/// on by the old one; then they change, one right after the other.
///
/// A room whose fence changes gets a successor, which works beside it until it has finished what is
/// under way. Belongs to the thread that reloads.
final class Transition {
    /// The order in which rooms are started and change: each after those it speaks to, so that
    /// `front` names no action that the others have not heard of.
    static final List<Room> ORDER = List.of(Room.QUEUE, Room.KEEPER, Room.DELIVERY, Room.FRONT);

    private static final Duration GRACE = Duration.ofSeconds(10);

    /// How long all rooms together may take to make ready: a room that has large tables reads them.
    private static final Duration PREPARE = Duration.ofSeconds(30);

    private static final Duration ADOPT = Duration.ofSeconds(30);

    /// Makes a room's process, which waits for its first word.
    @FunctionalInterface
    interface Birth {
        RoomProcess spawn(Room room, Leash.Arrival arrival) throws IOException;
    }

    /// Tells how a room would live by the wanted configuration.
    @FunctionalInterface
    interface Lives {
        Life of(Room room, Leash.Arrival arrival) throws IOException;
    }

    private final Map<Room, RoomProcess> rooms;
    private final Set<Room> needed;
    private final Checked wanted;
    private final Lives lives;
    private final Birth birth;
    private final Map<Room, RoomProcess> fresh = new EnumMap<>(Room.class);
    private final List<RoomProcess> asked = new ArrayList<>();

    /// A transition of `rooms` to the rooms that are `needed` by `wanted`.
    Transition(
            Map<Room, RoomProcess> rooms,
            Set<Room> needed,
            Checked wanted,
            Lives lives,
            Birth birth) {
        this.rooms = rooms;
        this.needed = needed;
        this.wanted = wanted;
        this.lives = lives;
        this.birth = birth;
    }

    /// Does all that can fail.
    ///
    /// @return what has failed; if anything has, [#undo] follows, and otherwise [#complete]
    List<String> prepare() {
        var wrong = new ArrayList<String>();
        var patience = Patience.of(PREPARE);
        for (var room : ORDER) {
            if (needed.contains(room)) {
                try {
                    hand(room, patience);
                } catch (IOException e) {
                    wrong.add(room.word() + ": " + e.getMessage());
                }
            }
        }
        long generation = wanted.config().sources().generation();
        for (var process : asked) {
            switch (process.readiness(generation, patience)) {
                case RoomProcess.Readiness.Ready(), RoomProcess.Readiness.Down() -> {}
                case RoomProcess.Readiness.Not(var why) -> wrong.add(why);
            }
        }
        if (wrong.isEmpty()) {
            begin(wrong);
        }
        return wrong;
    }

    private void hand(Room room, Patience patience) throws IOException {
        var process = rooms.get(room);
        var arrival = process == null ? Leash.Arrival.ALONE : Leash.Arrival.SUCCESSOR;
        if (process == null || process.needsReplacementFor(lives.of(room, arrival))) {
            fresh.put(room, birth.spawn(room, arrival));
        } else {
            asked.add(process);
            process.prepare(wanted.sources(room), patience);
        }
    }

    private void begin(List<String> wrong) {
        for (var room : ORDER) {
            var newcomer = fresh.get(room);
            if (newcomer == null || !wrong.isEmpty()) {
                continue;
            }
            try {
                var predecessor = rooms.get(room);
                var paused =
                        predecessor == null
                                ? Set.<Leash.Lane>of()
                                : predecessor.makeWay(Patience.of(ADOPT));
                newcomer.begin(paused);
            } catch (IOException e) {
                wrong.add(e.getMessage());
            }
        }
    }

    /// Has all rooms work by the new configuration, which is the one that they would be started by
    /// now.
    ///
    /// @return those that are replaced or needed no more; they still work by the old one
    Collection<RoomProcess> complete() {
        var behind = new ArrayList<RoomProcess>();
        var first = ORDER.stream().filter(room -> room != Room.FRONT).toList();
        adopt(first);
        adopt(List.of(Room.FRONT));
        fresh.forEach(
                (room, newcomer) -> {
                    var predecessor = rooms.put(room, newcomer);
                    if (predecessor != null) {
                        behind.add(predecessor);
                    }
                });
        for (var room : ORDER) {
            if (!needed.contains(room) && rooms.containsKey(room)) {
                behind.add(rooms.remove(room));
            }
        }
        return behind;
    }

    /// They change at the same time.
    private void adopt(List<Room> some) {
        var changing = new LinkedHashMap<RoomProcess, Sources>();
        for (var room : some) {
            var process = rooms.get(room);
            if (process != null && asked.contains(process)) {
                changing.put(process, wanted.sources(room));
            }
        }
        var patience = Patience.of(ADOPT);
        changing.forEach((process, sources) -> process.adopt(sources, patience));
        changing.forEach((process, sources) -> process.adopted(sources, patience));
    }

    /// Leaves the rooms as they were. A newcomer may have taken the sockets of its predecessor
    /// before it ended, however that was: who is told that none comes looks after his.
    void undo() {
        fresh.values().forEach(newcomer -> newcomer.stop(GRACE));
        for (var room : fresh.keySet()) {
            var predecessor = rooms.get(room);
            if (predecessor != null) {
                predecessor.drop();
            }
        }
        asked.forEach(RoomProcess::drop);
    }
}
