package org.postern.front.filter;

/// Writes into the log what happens with the filters of one session. Called on any thread.
public interface Notes {
    /// A filter has something to say.
    ///
    /// @param kind `builtin` or `proc`
    void report(String kind, String filter, String text);

    /// A filter did not do as it should.
    void trouble(String what);
}
