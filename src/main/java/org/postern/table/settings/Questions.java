package org.postern.table.settings;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.postern.config.Service;

/// Reads what a small file asks for each service.
final class Questions {
    private static final int EXPIRE = 60;
    private static final int REFRESH = 1000;

    private Questions() {}

    /// Reads one question; empty if the line is wrong, which has been said then.
    interface Reader<Q> {
        Optional<Q> read(SmallFile.Entry entry, Service service);
    }

    /// Every service that may be looked up, by `query_SERVICE`.
    static <Q> Map<Service, Q> lookups(SmallFile file, Reader<Q> reader) {
        return read(file, "query_", Shapes.ASKED, reader);
    }

    /// The two services that are fetched, by `fetch_SERVICE`.
    static <Q> Map<Service, Q> fetches(SmallFile file, Reader<Q> reader) {
        return read(file, "fetch_", java.util.List.of(Service.SOURCE, Service.RELAYHOST), reader);
    }

    private static <Q> Map<Service, Q> read(
            SmallFile file, String prefix, Iterable<Service> services, Reader<Q> reader) {
        var questions = new EnumMap<Service, Q>(Service.class);
        for (var service : services) {
            file.entry(prefix + Shapes.word(service))
                    .flatMap(entry -> reader.read(entry, service))
                    .ifPresent(question -> questions.put(service, question));
        }
        return questions;
    }

    static Settings.Freshness freshness(SmallFile file) {
        return new Settings.Freshness(
                file.number("fetch_source_expire", 0, Integer.MAX_VALUE, EXPIRE),
                file.number("fetch_source_refresh", 0, Integer.MAX_VALUE, REFRESH));
    }
}
