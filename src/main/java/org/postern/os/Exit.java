package org.postern.os;

/// How a child ended.
public sealed interface Exit {
    /// It ended by itself.
    ///
    /// @param code its exit code, 0 to 255; 0 is success
    record Exited(int code) implements Exit {}

    /// A signal ended it.
    ///
    /// @param signal the number of the signal, as signal(7) has it
    record Killed(int signal) implements Exit {}

    /// Tells whether it ended by itself with code 0.
    default boolean isSuccess() {
        return this instanceof Exited(var code) && code == 0;
    }

    /// Reads the status that wait4(2) gives.
    static Exit of(int status) {
        int signal = status & 0x7f;
        return signal == 0 ? new Exited(status >> 8 & 0xff) : new Killed(signal);
    }
}
