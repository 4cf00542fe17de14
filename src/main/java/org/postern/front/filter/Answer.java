package org.postern.front.filter;

/// What a program answers when it is asked about a command.
sealed interface Answer {
    record Proceed() implements Answer {}

    record Junk() implements Answer {}

    record Reject(String text) implements Answer {}

    record Disconnect(String text) implements Answer {}

    record Rewrite(String argument) implements Answer {}

    record Report(String text) implements Answer {}

    /// There was none.
    record None(String why) implements Answer {}
}
