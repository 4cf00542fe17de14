package org.postern.os;

/// The signals that an administrator sends to the server.
public final class Signals {
    private Signals() {}

    /// From now on SIGHUP runs `action` on a thread of its own, instead of ending this process.
    ///
    /// The JDK has no other way to hear of a signal than its own unsupported one, which every JDK
    /// has nevertheless had since 1.4.
    public static void onHangUp(Runnable action) {
        sun.misc.Signal.handle(new sun.misc.Signal("HUP"), _ -> action.run());
    }
}
