package org.postern.ipc;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.postern.config.Sources;
import org.postern.mail.Chunk;

/// How the supervisor holds a room: over the room's standard input and output. When the input ends,
/// the supervisor is gone and the room ends too.
///
///     supervisor: Start                          room: Started | Failed
///     supervisor: Reload                         room: Reloaded | Failed
///     supervisor: Speak, Stop                    (no answer)
public sealed interface Leash {
    /// The longest word of the supervisor, in bytes: a configuration with large tables in it.
    int LONGEST = 128 << 20;

    /// Begin to work. `users` says which user each room runs as, in the order of [Room], then the
    /// supervisor's; the paths are those of [Place]. `secret` is the key of the seals, for
    /// `delivery` alone; the others get an empty one.
    record Start(
            String config,
            String spool,
            String run,
            List<String> users,
            Sources sources,
            Verbosity verbosity,
            Sink sink,
            Set<Lane> paused,
            Chunk secret)
            implements Leash {}

    /// Here is a new configuration, checked whole; what is under way finishes under the old one.
    record Reload(Sources sources) implements Leash {}

    /// Log this much from now on.
    record Speak(Verbosity verbosity) implements Leash {}

    /// End: finish what can be finished within `grace`.
    record Stop(Duration grace) implements Leash {}

    /// How much is logged.
    ///
    /// @param traces the subsystems that are traced
    record Verbosity(Level level, Set<String> traces) {}

    /// The levels of the log.
    enum Level {
        BRIEF,
        VERBOSE
    }

    /// Where the log goes.
    enum Sink {
        STANDARD_ERROR,
        SYSLOG
    }

    /// What can be paused from the start (`-P`).
    enum Lane {
        MDA,
        MTA,
        SMTP
    }

    /// What the room answers.
    sealed interface Answer {
        /// The room works.
        record Started() implements Answer {}

        /// The room works by the configuration of that generation.
        record Reloaded(long generation) implements Answer {}

        /// It does not, because.
        record Failed(String why) implements Answer {}
    }

    /// The frames that the supervisor sends.
    static Frames<Leash> frames() {
        return Frames.of(Leash.class, LONGEST);
    }

    /// The frames that a room sends.
    static Frames<Answer> answers() {
        return Frames.of(Answer.class);
    }
}
