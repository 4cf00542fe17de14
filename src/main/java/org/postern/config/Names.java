package org.postern.config;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the directives of a configuration declare, by kind and name.
final class Names {

    /// What has a name.
    enum Kind {
        TABLE("table"),
        ACTION("action"),
        WRAPPER("mda wrapper"),
        PROCESS("proc"),
        FILTER("filter"),
        PKI("pki"),
        AUTHORITY("ca");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        /// How a message names it.
        String text() {
            return text;
        }

        /// What a directive declares, if it declares something.
        static Optional<Declaration> of(Directive directive) {
            return switch (directive) {
                case TableDefinition table -> declared(TABLE, table.name());
                case Action action -> declared(ACTION, action.name());
                case Wrapper wrapper -> declared(WRAPPER, wrapper.name());
                case FilterProcess process -> declared(PROCESS, process.name());
                case Filter filter -> declared(FILTER, filter.name());
                case Pki pki -> declared(PKI, pki.name());
                case Authority authority -> declared(AUTHORITY, authority.name());
                case Administration _,
                        Bounce _,
                        Listen _,
                        Match _,
                        Mda _,
                        Mta _,
                        Queue _,
                        Scheduler _,
                        Smtp _,
                        Srs _ ->
                        Optional.empty();
            };
        }

        private static Optional<Declaration> declared(Kind kind, String name) {
            return Optional.of(new Declaration(kind, name));
        }
    }

    /// A name that a directive declares.
    record Declaration(Kind kind, String name) {}

    private final Map<Kind, Map<String, Directive>> known = new EnumMap<>(Kind.class);

    Names() {
        for (Kind kind : Kind.values()) {
            known.put(kind, new LinkedHashMap<>());
        }
    }

    /// All that is declared of a kind, in the order of the file.
    Map<String, Directive> all(Kind kind) {
        return known.getOrDefault(kind, Map.of());
    }

    /// What is declared under a name.
    Optional<Directive> find(Kind kind, String name) {
        return Optional.ofNullable(all(kind).get(name));
    }

    /// Declares a name; the answer is what had declared it before.
    Optional<Directive> declare(Kind kind, String name, Directive directive) {
        return Optional.ofNullable(all(kind).putIfAbsent(name, directive));
    }

    /// The declared name that somebody may have meant by one that is not declared.
    Optional<String> near(Kind kind, String name) {
        return Nearest.to(name, all(kind).keySet());
    }

    /// Where, after all, directives declare a name.
    static List<String> declaredAt(List<Directive> directives, Kind kind, String name) {
        var wanted = new Declaration(kind, name);
        var places = new ArrayList<String>();
        for (Directive directive : directives) {
            if (Kind.of(directive).filter(wanted::equals).isPresent()) {
                places.add("it is declared only at " + directive.at());
            }
        }
        return places;
    }
}
