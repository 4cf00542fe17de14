package org.postern.planted.front;

import org.postern.planted.queue.Shelf;

/// Meets another room.
public final class Gate {
    private final Shelf shelf = new Shelf();

    @Override
    public String toString() {
        return shelf.toString();
    }
}
