package org.postern.queue.store;

import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A map from ids to things that know their own id, at about seven bytes for each. Not thread-safe:
/// its owner says how it is guarded.
public final class IdMap<T extends IdMap.Identified> {
    /// Something with an id.
    public interface Identified {
        /// The id, which never changes.
        long key();
    }

    // Null is an empty slot; a generic array cannot be made, so the casts are here.
    private @Nullable Object[] slots = new @Nullable Object[16];
    private int size;

    /// How many things there are.
    public int size() {
        return size;
    }

    /// The thing with this id, or null: asked millions of times, where an Optional would cost.
    @SuppressWarnings("unchecked")
    public @Nullable T find(long key) {
        return (T) slots[slot(slots, key)];
    }

    /// Adds a thing, in the place of one with the same id.
    public void put(T thing) {
        if (size * 3L > slots.length * 2L) {
            resize(slots.length * 2);
        }
        int at = slot(slots, thing.key());
        if (slots[at] == null) {
            size++;
        }
        slots[at] = thing;
    }

    /// Takes out the thing with this id, if there is one.
    public void remove(long key) {
        int hole = slot(slots, key);
        if (slots[hole] == null) {
            return;
        }
        slots[hole] = null;
        size--;
        int mask = slots.length - 1;
        for (int i = (hole + 1) & mask; slots[i] instanceof Identified moved; i = (i + 1) & mask) {
            slots[i] = null;
            slots[slot(slots, moved.key())] = moved;
        }
        if (slots.length > 1024 && size * 8L < slots.length) {
            resize(slots.length / 2);
        }
    }

    /// Shows every thing to `visitor`, in no order. The map must not change meanwhile.
    @SuppressWarnings("unchecked")
    public void each(Consumer<? super T> visitor) {
        for (var thing : slots) {
            if (thing != null) {
                visitor.accept((T) thing);
            }
        }
    }

    private void resize(int length) {
        var larger = new @Nullable Object[length];
        Arrays.stream(slots)
                .filter(Identified.class::isInstance)
                .map(Identified.class::cast)
                .forEach(thing -> larger[slot(larger, thing.key())] = thing);
        slots = larger;
    }

    private static int slot(@Nullable Object[] slots, long key) {
        int mask = slots.length - 1;
        int at = (int) ((key * 0x9E3779B97F4A7C15L) >>> 32) & mask;
        while (slots[at] instanceof Identified other && other.key() != key) {
            at = (at + 1) & mask;
        }
        return at;
    }
}
