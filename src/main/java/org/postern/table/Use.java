package org.postern.table;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.postern.config.Service;
import org.postern.config.TableRef.Shape;
import org.postern.table.Entries.Row;
import org.postern.table.TableText.Mistake;

/// What a table is used for, all over the configuration; so much of what it holds can be checked as
/// soon as it is read.
record Use(Set<Service> services, Set<Shape> shapes) {

    Use {
        services = Set.copyOf(services);
        shapes = Set.copyOf(shapes);
    }

    /// What came of a check: the compiled patterns, if the table is used for patterns.
    record Checked(List<Regex> expressions, List<Mistake> mistakes) {}

    /// Checks the rows of a table against every use of it.
    Checked check(Shape actual, List<Row> rows) {
        var mistakes = new ArrayList<Mistake>();
        var expressions = new ArrayList<Regex>();
        for (Shape shape : shapes) {
            if (!rows.isEmpty() && !shape.allows(actual)) {
                mistakes.add(
                        new Mistake(
                                rows.getFirst().line(),
                                "a " + word(actual) + " where a " + word(shape) + " is needed"));
            }
        }
        if (!mistakes.isEmpty()) {
            return new Checked(List.of(), mistakes);
        }
        for (Row row : rows) {
            if (services.contains(Service.REGEX)) {
                try {
                    expressions.add(Regex.compile(row.key()));
                } catch (Regex.Malformed e) {
                    mistakes.add(
                            new Mistake(
                                    row.line(), "regex \"" + row.key() + "\": " + e.getMessage()));
                }
            }
            services.stream()
                    .sorted()
                    .filter(service -> !isSound(service, actual, row))
                    .forEach(
                            service ->
                                    mistakes.add(new Mistake(row.line(), refusal(service, row))));
        }
        return new Checked(List.copyOf(expressions), List.copyOf(mistakes));
    }

    private static boolean isSound(Service service, Shape actual, Row row) {
        return switch (service) {
            case ALIAS -> AliasValues.parse(row.value()) instanceof Answer.Found;
            case RELAYHOST ->
                    RelayUrl.parse(actual == Shape.MAPPING ? row.value() : row.key()).isPresent();
            case SOURCE -> SourceAddress.parse(row.key()).isPresent();
            case USERINFO -> UserEntry.parse(row.value()).isPresent();
            case CREDENTIALS ->
                    actual != Shape.MAPPING || Login.parse(row.key(), row.value()).isPresent();
            case ADDRNAME, AUTH, DOMAIN, MAILADDR, MAILADDRMAP, NETADDR, REGEX, STRING -> true;
        };
    }

    private static String refusal(Service service, Row row) {
        return switch (service) {
            case ALIAS ->
                    AliasValues.parse(row.value()) instanceof Answer.Failed<?>(var cause)
                            ? "alias \"" + row.key() + "\": " + cause
                            : "alias \"" + row.key() + "\"";
            case RELAYHOST -> "not a relay URL: \"" + row.key() + "\"";
            case SOURCE -> "not an address: \"" + row.key() + "\"";
            case USERINFO -> "user \"" + row.key() + "\": expected uid:gid:/directory";
            // What stands there is a secret, so it is not shown.
            case CREDENTIALS -> "\"" + row.key() + "\": expected login:password";
            case ADDRNAME, AUTH, DOMAIN, MAILADDR, MAILADDRMAP, NETADDR, REGEX, STRING ->
                    throw new IllegalStateException(service + " takes every entry");
        };
    }

    private static String word(Shape shape) {
        return switch (shape) {
            case LIST -> "list";
            case MAPPING -> "mapping";
            case EITHER -> "list or mapping";
        };
    }
}
