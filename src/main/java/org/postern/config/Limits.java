package org.postern.config;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// The numbers of a `limit` directive, by name: those that the configuration sets; for the others the
/// default of the name.
///
///     limits = { name number }
public record Limits<N extends Enum<N> & Limits.Name>(Map<N, Integer> numbers) {

    public Limits {
        numbers = Map.copyOf(numbers);
    }

    /// The name of a limit.
    public interface Name {
        /// The number where the configuration says nothing.
        int standard();
    }

    /// One limit that is set, 0 to 2^31-1.
    public record Limit<N>(N name, int number) {}

    /// What holds when the configuration says nothing.
    static <N extends Enum<N> & Limits.Name> Limits<N> standard() {
        return new Limits<N>(Map.<N, Integer>of());
    }

    /// The number that holds for `name`.
    public int of(N name) {
        var number = numbers.get(name);
        return number == null ? name.standard() : number;
    }

    /// These limits and what the later ones change in them.
    Limits<N> with(Class<N> names, List<Limit<N>> later) {
        var all = new EnumMap<N, Integer>(names);
        all.putAll(numbers);
        later.forEach(limit -> all.put(limit.name(), limit.number()));
        return new Limits<>(all);
    }

    /// Reads pairs of a name and a number.
    static <N extends Enum<N>> List<Limit<N>> parse(Tokens in, Class<N> names, String what)
            throws Syntax {
        var limits = new ArrayList<Limit<N>>();
        while (in.seesString()) {
            limits.add(new Limit<>(in.name(names, what), in.count()));
        }
        return limits;
    }
}
