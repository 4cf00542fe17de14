package org.postern.ipc;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.postern.config.Sources;
import org.postern.log.Log;
import org.postern.mail.Chunk;

/// How the supervisor holds a room: over the room's standard input and output. When the input ends,
/// the supervisor is gone and the room ends too.
///
///     supervisor: Start                          room: Started | Failed
///     supervisor: Prepare                        room: Prepared | Failed
///     supervisor: Adopt, after Prepare           room: Adopted | Failed
///     supervisor: MakeWay                        room: GivesWay | Failed
///     supervisor: Drop, Speak, Retire, Stop      (no answer)
///
/// A reload takes two steps, so that all rooms change or none does: whatever can fail is done while
/// a room prepares, and nothing of it is seen from outside before it adopts.
public sealed interface Leash {
    /// The longest word of the supervisor, in bytes: a configuration with large tables in it.
    int LONGEST = 128 << 20;

    /// Begin to work; `arrival` says whether a predecessor still does. `users` says which user each
    /// room runs as, in the order of [Room], then the supervisor's; the paths are those of [Place].
    /// `secret` is the key of the seals, for `delivery` alone; the others get an empty one.
    record Start(
            String config,
            String spool,
            String run,
            List<String> users,
            Sources sources,
            Verbosity verbosity,
            Sink sink,
            Set<Lane> paused,
            Arrival arrival,
            Chunk secret)
            implements Leash {}

    /// Here is a new configuration, checked whole: do all that can fail, and go on by the old one.
    /// What was prepared before is dropped.
    record Prepare(Sources sources) implements Leash {}

    /// Work by what was prepared as this generation; what is under way finishes under the old one.
    record Adopt(long generation) implements Leash {}

    /// Forget what was prepared, and that a successor was to come.
    record Drop() implements Leash {}

    /// A successor is about to listen where you do: let it, and go on until you retire.
    record MakeWay() implements Leash {}

    /// Your successor works: take on nothing new, finish what is under way within `atMost`, and
    /// end. Orders to stop still come.
    record Retire(Duration atMost) implements Leash {}

    /// Log this much from now on.
    record Speak(Verbosity verbosity) implements Leash {}

    /// End: finish what can be finished within `grace`.
    record Stop(Duration grace) implements Leash {}

    /// How much is logged, and how.
    ///
    /// @param traces the subsystems that are traced
    record Verbosity(Log.Form form, Level level, Set<String> traces) {
        /// The same in another form.
        public Verbosity as(Log.Form other) {
            return new Verbosity(other, level, traces);
        }

        /// The same at another level, with other traces.
        public Verbosity at(Level other, Set<String> traced) {
            return new Verbosity(form, other, traced);
        }

        /// Has `log` keep to it from now on.
        public void rule(Log log) {
            log.write(form);
            log.speak(
                    switch (level) {
                        case BRIEF -> Log.Level.INFO;
                        case VERBOSE -> Log.Level.DEBUG;
                    },
                    traces);
        }
    }

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

    /// How a room comes into the house.
    enum Arrival {
        /// Nobody is in its place.
        ALONE,
        /// Its predecessor makes way for it, and still listens where it will.
        SUCCESSOR
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

        /// The room is ready to work by the configuration of that generation.
        record Prepared(long generation) implements Answer {}

        /// The room works by the configuration of that generation.
        record Adopted(long generation) implements Answer {}

        /// A successor may come, with this paused.
        record GivesWay(Set<Lane> paused) implements Answer {}

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
