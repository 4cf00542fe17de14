package org.postern.ipc;

import java.nio.file.Path;

/// Where things lie at run time: the directories of one server.
///
/// @param config the main configuration file
/// @param spool the directory that the queue owns
/// @param run the directory of the sockets
public record Place(Path config, Path spool, Path run) {
    /// The directory in which `room` makes its sockets.
    public Path roomDirectory(Room room) {
        return run.resolve(room.word());
    }

    /// The socket on which `room` hears other rooms.
    public Path socket(Room room) {
        return roomDirectory(room).resolve("room.sock");
    }

    /// The socket on which the queue takes messages in from `front` ([Submission]).
    public Path submissionIntoQueueSocket() {
        return roomDirectory(Room.QUEUE).resolve("submission.sock");
    }

    /// The socket on which the queue hands out work to `front` and `delivery` ([Work]).
    public Path workSocket() {
        return roomDirectory(Room.QUEUE).resolve("work.sock");
    }

    /// The socket on which `room` hears `smtpctl`.
    public Path controlSocket(Room room) {
        return roomDirectory(room).resolve("control.sock");
    }

    /// The socket on which the supervisor hears `smtpctl`.
    public Path supervisorSocket() {
        return run.resolve("supervisor.sock");
    }

    /// The socket on which `front` takes mail from the users of this machine, speaking SMTP.
    public Path submissionSocket() {
        return roomDirectory(Room.FRONT).resolve("smtpd.sock");
    }
}
