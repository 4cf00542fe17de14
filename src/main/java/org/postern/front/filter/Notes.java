package org.postern.front.filter;

/// Writes into the log what happens with the filters of one session. Called on any thread.
public interface Notes {
    /// A filter has something to say.
    ///
    /// @param kind `builtin` or `proc`
    void report(String kind, String filter, String text);

    /// Do [#step]s interest anybody? Where nobody is asked anything there are none.
    default boolean wantsSteps() {
        return false;
    }

    /// One filter was asked, for a trace.
    ///
    /// @param argument of the command, as filters see it
    /// @param outcome what came of it
    default void step(String point, String argument, String filter, String outcome) {}

    /// A filter did not do as it should.
    void trouble(String what);
}
