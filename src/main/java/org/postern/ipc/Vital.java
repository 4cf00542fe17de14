package org.postern.ipc;

/// Threads without which a room is alive and deaf. Whatever one of them dies of ends the room, as a
/// crash would, and the supervisor starts it again ([RoomLife]).
///
/// For what serves all: who hears, who commits, who watches the time. What serves one client or one
/// message ends alone.
public final class Vital {
    private Vital() {}

    /// The death of a thread that its room cannot do without.
    public static final class Death extends Error {
        private static final long serialVersionUID = 1L;

        private Death(Throwable cause) {
            super("a thread that the room cannot do without died", cause);
        }
    }

    /// `work`, as the whole of a thread that the room cannot do without: it may return, and must
    /// not throw.
    public static Runnable thread(Runnable work) {
        return () -> {
            try {
                work.run();
            } catch (RuntimeException | Error e) {
                throw new Death(e);
            }
        };
    }
}
