package org.postern.front.filter;

/// One filter of a chain.
sealed interface Step {
    /// A rule of the configuration.
    record Tests(Rule rule) implements Step {}

    /// A program.
    ///
    /// @param name the filter's, not the program's
    record Asks(String name, Program program) implements Step {}
}
