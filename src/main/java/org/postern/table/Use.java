package org.postern.table;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.postern.config.Service;
import org.postern.config.TableRef.Shape;
import org.postern.table.Regex.Collection.Keeping;

/// What a table is used for, all over the configuration; so much of what it holds can be checked as
/// soon as it is read.
record Use(Set<Service> services, Set<Shape> shapes) {
    private static final List<Service> SERVICES = List.of(Service.values());

    Use {
        services = Set.copyOf(services);
        shapes = Set.copyOf(shapes);
    }

    /// Whether what is wrong with a line may be shown with the line.
    Mistakes.Showing showing() {
        return services.contains(Service.CREDENTIALS)
                ? Mistakes.Showing.NO_LINES
                : Mistakes.Showing.LINES;
    }

    /// A check of one table against every use of it.
    Checker checker(Mistakes mistakes, Keeping keeping) {
        return new Checker(mistakes, new Regex.Collection(keeping));
    }

    /// Checks one row after the other.
    final class Checker {
        private final Mistakes mistakes;
        private final Regex.Collection expressions;

        /// The services whose entries can be wrong.
        private final List<Service> particular = new ArrayList<>();

        private boolean hasRows;
        private boolean fits = true;

        private Checker(Mistakes mistakes, Regex.Collection expressions) {
            this.mistakes = mistakes;
            this.expressions = expressions;
            for (Service service : SERVICES) {
                if (services.contains(service) && isParticular(service)) {
                    particular.add(service);
                }
            }
        }

        /// Checks a row of a list or a mapping.
        void check(Row row, Shape actual) {
            if (!hasRows) {
                hasRows = true;
                checkShape(row, actual);
            }
            if (!fits) {
                return;
            }
            for (Service service : particular) {
                check(service, row, actual);
            }
        }

        /// The compiled keys that were kept, if the table is used for patterns.
        List<Regex> expressions() {
            return expressions.expressions();
        }

        private void checkShape(Row row, Shape actual) {
            for (Shape shape : shapes) {
                if (!shape.allows(actual)) {
                    fits = false;
                    var fault = "a " + word(actual) + " where a " + word(shape) + " is needed";
                    if (actual == Shape.MAPPING) {
                        mistakes.add(
                                row,
                                row.keyFrom(),
                                fault,
                                "a line \"# @list\" at the beginning makes each line one entry");
                    } else {
                        mistakes.add(row, row.keyFrom(), fault);
                    }
                }
            }
        }

        private void check(Service service, Row row, Shape actual) {
            switch (service) {
                case ALIAS -> alias(row);
                case RELAYHOST -> {
                    var url = actual == Shape.MAPPING ? row.value() : row.key();
                    require(
                            RelayUrl.parse(url).isPresent(),
                            row,
                            "not a relay URL: " + quoted(url));
                }
                case SOURCE ->
                        require(
                                SourceAddress.parse(row.key()).isPresent(),
                                row,
                                "not an address: " + quoted(row.key()));
                case USERINFO ->
                        require(
                                UserEntry.parse(row.value()).isPresent(),
                                row,
                                "user " + quoted(row.key()) + ": expected uid:gid:/directory");
                // What stands there is a secret, so it is not shown.
                case CREDENTIALS ->
                        require(
                                actual != Shape.MAPPING
                                        || Login.parse(row.key(), row.value()).isPresent(),
                                row,
                                quoted(row.key()) + ": expected login:password");
                case REGEX -> expression(row);
                case ADDRNAME, AUTH, DOMAIN, MAILADDR, MAILADDRMAP, NETADDR, STRING, TOKEN ->
                        throw new IllegalStateException(service + " takes every entry");
            }
        }

        private void require(boolean sound, Row row, String fault) {
            if (!sound) {
                mistakes.add(
                        row,
                        row.valueTo() > row.valueFrom() ? row.valueFrom() : row.keyFrom(),
                        fault);
            }
        }

        private void alias(Row row) {
            if (!(AliasValues.parse(row.value()) instanceof Answer.Failed<?>(var cause))) {
                return;
            }
            var fault = "alias " + quoted(row.key()) + ": " + cause;
            if (row.value().matches(".*[ \t]#.*")) {
                var hint = "a comment stands on a line of its own, which begins with '#'";
                mistakes.add(row, row.valueFrom(), fault, hint);
            } else {
                mistakes.add(row, row.valueFrom(), fault);
            }
        }

        private void expression(Row row) {
            try {
                expressions.add(row.key());
            } catch (Regex.Malformed e) {
                mistakes.add(
                        row, row.keyFrom(), "regex " + quoted(row.key()) + ": " + e.getMessage());
            }
        }
    }

    private static boolean isParticular(Service service) {
        return switch (service) {
            case ALIAS, RELAYHOST, SOURCE, USERINFO, CREDENTIALS, REGEX -> true;
            case ADDRNAME, AUTH, DOMAIN, MAILADDR, MAILADDRMAP, NETADDR, STRING, TOKEN -> false;
        };
    }

    private static String quoted(String text) {
        return "\"" + text + "\"";
    }

    private static String word(Shape shape) {
        return shape == Shape.EITHER ? "list or mapping" : shape.name().toLowerCase(Locale.ROOT);
    }
}
