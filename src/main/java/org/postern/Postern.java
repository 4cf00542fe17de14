package org.postern;

/// The program.
public final class Postern {
    private Postern() {}

    /// Starts the supervisor, or the room named on the command line.
    public static void main(String[] arguments) {
        System.err.println("postern");
    }
}
