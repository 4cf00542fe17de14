package org.postern.ipc;

/// Users of a userbase that a program or a server answers for: what `delivery` asks `front`, which
/// alone speaks with those.
///
///     delivery: Who                              front: one Answer
///
/// Only here does a room tell another a number of a user. `front` speaks with strangers, and may be
/// theirs: `delivery` takes no user below a floor from it, and nobody of this system.
public sealed interface Userbase {
    /// The longest question, in bytes.
    int LONGEST = 4 * 1024;

    /// Who is `user` in the table?
    record Who(String table, String user) implements Userbase {}

    /// What `front` answers.
    sealed interface Answer {
        /// An account, as the table has it.
        record Known(int uid, int gid, String home) implements Answer {}

        /// The table has no such user.
        record Unknown() implements Answer {}

        /// It could not be found out just now.
        record Unavailable(String why) implements Answer {}
    }

    /// The frames that `delivery` sends.
    static Frames<Userbase> frames() {
        return Frames.of(Userbase.class, LONGEST);
    }

    /// The frames that `front` sends.
    static Frames<Answer> answers() {
        return Frames.of(Answer.class);
    }
}
