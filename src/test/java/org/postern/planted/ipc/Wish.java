package org.postern.planted.ipc;

/// A conversation of which one word has no hearer.
public sealed interface Wish {
    /// Somebody knows it.
    record Heard(String text) implements Wish {}

    /// Nobody does.
    record Unheard() implements Wish {}
}
