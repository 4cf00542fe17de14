package org.postern.config;

import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.Map;
import java.util.stream.Collectors;

/// What a configuration means, as text: its tree without the places in the files, and with the
/// tables and chains that are written in place where their names stand. It walks the records
/// themselves, so that nothing that is in the tree is left out.
final class Meaning {
    private final Config config;

    private Meaning(Config config) {
        this.config = config;
    }

    static String of(Config config) {
        var meaning = new Meaning(config);
        var settings = config.settings();
        return String.join(
                "\n",
                meaning.of(config.listeners()),
                meaning.named(config.tables()),
                meaning.named(config.actions()),
                meaning.of(config.matches()),
                meaning.named(config.wrappers()),
                meaning.named(config.pki()),
                meaning.named(config.authorities()),
                meaning.named(config.processes()),
                meaning.named(config.filters()),
                meaning.of(settings),
                settings.srs().key() + " " + settings.srs().backupKey());
    }

    private String named(Map<String, ?> map) {
        return map.entrySet().stream()
                .filter(entry -> !entry.getKey().startsWith("<dyn"))
                .map(entry -> entry.getKey() + ": " + of(entry.getValue()))
                .sorted()
                .collect(Collectors.joining("\n"));
    }

    private String of(Object value) {
        return switch (value) {
            case Position _ -> "";
            case Listen listen -> listener(listen);
            case Pki pki -> pki.name() + pki.certificate() + pki.key() + pki.dhe();
            case TableRef use when use.name().startsWith("<dynamic:") ->
                    use.service()
                            + " "
                            + use.shape()
                            + of(config.tables().get(use.name()).origin());
            case NameRef use when use.name().startsWith("<dynchain:") ->
                    of(config.filters().get(use.name()).kind());
            case Mda.Name name -> name.name();
            case MtaLimits limits ->
                    limits.family()
                            + java.util.stream.Stream.of(Mta.Name.values())
                                    .map(limits::of)
                                    .toList()
                                    .toString();
            case Settings settings -> settings(settings);
            case Collection<?> items ->
                    items.stream().map(this::of).collect(Collectors.joining(", ", "[", "]"));
            case Map<?, ?> map ->
                    map.entrySet().stream()
                            .map(entry -> entry.getKey() + "=" + of(entry.getValue()))
                            .sorted()
                            .collect(Collectors.joining(", ", "{", "}"));
            case Record record -> record(record);
            default -> value.toString();
        };
    }

    /// A listener, whose port may be said or meant, and in whose options the order only counts
    /// among the certificates.
    private String listener(Listen listen) {
        return of(listen.place())
                + listen.port()
                + listen.keys()
                + listen.options().stream()
                        .filter(option -> !(option instanceof Listen.Option.Port))
                        .map(this::of)
                        .sorted()
                        .toList();
    }

    private String settings(Settings settings) {
        var text = new StringBuilder();
        for (RecordComponent component : Settings.class.getRecordComponents()) {
            text.append(component.getName()).append(' ');
            text.append(
                    switch (component.getName()) {
                        case "mda" ->
                                java.util.stream.Stream.of(Mda.Name.values())
                                        .map(settings.mda()::of)
                                        .toList();
                        case "scheduler" ->
                                java.util.stream.Stream.of(Scheduler.Name.values())
                                        .map(settings.scheduler()::of)
                                        .toList();
                        default -> of(component(settings, component));
                    });
            text.append('\n');
        }
        return text.toString();
    }

    private String record(Record record) {
        var text = new StringBuilder(record.getClass().getSimpleName()).append('(');
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            text.append(of(component(record, component))).append(';');
        }
        return text.append(')').toString();
    }

    private static Object component(Record record, RecordComponent component) {
        try {
            var accessor = component.getAccessor();
            accessor.setAccessible(true);
            return accessor.invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(component + " of " + record.getClass(), e);
        }
    }
}
