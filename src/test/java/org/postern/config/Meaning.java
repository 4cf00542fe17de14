package org.postern.config;

import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What a configuration means, as text: its tree without the places in the files, and with the
/// tables and chains that are written in place where their names stand. It walks the records
/// themselves, so that nothing that is in the tree is left out.
final class Meaning {
    /// How the components of a record are read.
    private static final ClassValue<List<Method>> ACCESSORS =
            new ClassValue<>() {
                @Override
                protected List<Method> computeValue(Class<?> type) {
                    return Stream.of(type.getRecordComponents())
                            .map(RecordComponent::getAccessor)
                            .peek(accessor -> accessor.setAccessible(true))
                            .toList();
                }
            };

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
                            + Stream.of(Mta.Name.values()).map(limits::of).toList().toString();
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
        for (Method accessor : ACCESSORS.get(Settings.class)) {
            text.append(accessor.getName()).append(' ');
            text.append(
                    switch (accessor.getName()) {
                        case "mda" -> Stream.of(Mda.Name.values()).map(settings.mda()::of).toList();
                        case "scheduler" ->
                                Stream.of(Scheduler.Name.values())
                                        .map(settings.scheduler()::of)
                                        .toList();
                        default -> of(component(settings, accessor));
                    });
            text.append('\n');
        }
        return text.toString();
    }

    private String record(Record record) {
        var text = new StringBuilder(record.getClass().getSimpleName()).append('(');
        for (Method accessor : ACCESSORS.get(record.getClass())) {
            text.append(of(component(record, accessor))).append(';');
        }
        return text.append(')').toString();
    }

    private static Object component(Record record, Method accessor) {
        try {
            return accessor.invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(accessor + " of " + record.getClass(), e);
        }
    }
}
