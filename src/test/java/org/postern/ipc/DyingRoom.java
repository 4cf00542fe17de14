package org.postern.ipc;

import java.io.IOException;
import java.time.Duration;

/// The program of a room one of whose threads dies as soon as it works.
final class DyingRoom implements RoomLife.Tenant {
    /// As the argument: the thread is one that the room cannot do without.
    static final String VITAL = "vital";

    /// As the argument: there is no room at all, for a class is missing.
    static final String INCOMPLETE = "incomplete";

    private final Runnable work;

    private DyingRoom(Runnable work) {
        this.work = work;
    }

    /// Lives the life of a room.
    public static void main(String[] arguments) throws IOException {
        Runnable bug =
                () -> {
                    throw new IllegalStateException("planted");
                };
        var work = arguments[0].equals(VITAL) ? Vital.thread(bug) : bug;
        System.exit(
                RoomLife.live(
                        RoomLife.Network.OPEN,
                        _ -> {
                            if (arguments[0].equals(INCOMPLETE)) {
                                throw new NoClassDefFoundError("planted");
                            }
                            return new DyingRoom(work);
                        }));
    }

    @Override
    public void start() {
        Thread.ofVirtual().name("the one").start(work);
    }

    @Override
    public RoomLife.Ready prepare(org.postern.config.Config config) {
        return () -> {};
    }

    @Override
    public void stop(Duration grace) {}
}
