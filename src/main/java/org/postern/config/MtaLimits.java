package org.postern.config;

import java.util.List;

/// The limits that hold for sending to one destination.
///
/// @param family which addresses of its hosts are connected to
public record MtaLimits(Limits<Mta.Name> numbers, Listen.Family family) {

    /// What holds when the configuration says nothing.
    public static final MtaLimits STANDARD = new MtaLimits(Limits.standard(), Listen.Family.ANY);

    /// The number that holds for `name`.
    public int of(Mta.Name name) {
        return numbers.of(name);
    }

    /// These limits and what the changes make of them.
    MtaLimits with(List<Mta.Change> changes) {
        var limits = this;
        for (Mta.Change change : changes) {
            limits =
                    switch (change) {
                        case Mta.Change.Family(var family) -> new MtaLimits(limits.numbers, family);
                        case Mta.Change.Count(var name, int number) ->
                                new MtaLimits(
                                        limits.numbers.with(
                                                Mta.Name.class,
                                                List.of(new Limits.Limit<>(name, number))),
                                        limits.family);
                    };
        }
        return limits;
    }
}
