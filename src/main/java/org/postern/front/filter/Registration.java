package org.postern.front.filter;

import java.io.IOException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.postern.config.FilterProcess.Side;

/// What a program wants to be told, and where it wants to be asked. Filled by one thread, then only
/// looked at.
final class Registration {
    /// The line that ends it.
    static final String READY = "register|ready";

    private final Map<Side, Set<Event>> events = new EnumMap<>(Side.class);
    private final Set<Point> points = EnumSet.noneOf(Point.class);

    Registration() {
        for (var direction : Side.values()) {
            events.put(direction, EnumSet.noneOf(Event.class));
        }
    }

    /// Takes a line of the program's greeting.
    ///
    /// @throws IOException if it is not one of those that there are
    void add(String line) throws IOException {
        var words = line.split("\\|", -1);
        if (words.length != 4 || !words[0].equals("register")) {
            throw new IOException("it said " + Link.shown(line) + " in its greeting");
        }
        var direction =
                Arrays.stream(Side.values())
                        .filter(one -> one.word().equals(words[2]))
                        .findFirst()
                        .orElseThrow(() -> unknown(line));
        switch (words[1]) {
            case "report" -> report(direction, words[3], line);
            case "filter" -> {
                if (direction != Side.SMTP_IN) {
                    throw unknown(line);
                }
                points.add(point(words[3]).orElseThrow(() -> unknown(line)));
            }
            default -> throw unknown(line);
        }
    }

    private void report(Side direction, String word, String line) throws IOException {
        var wanted = EnumSet.noneOf(Event.class);
        for (var event : Event.values()) {
            if (word.equals("*") || event.word().equals(word)) {
                wanted.add(event);
            }
        }
        if (wanted.isEmpty()) {
            throw unknown(line);
        }
        events.computeIfAbsent(direction, _ -> EnumSet.noneOf(Event.class)).addAll(wanted);
    }

    private static Optional<Point> point(String word) {
        return Arrays.stream(Point.values()).filter(one -> one.word().equals(word)).findFirst();
    }

    private static IOException unknown(String line) {
        return new IOException("it registered for what there is not: " + Link.shown(line));
    }

    boolean wants(Side direction, Event event) {
        var wanted = events.get(direction);
        return wanted != null && wanted.contains(event);
    }

    boolean wants(Side direction) {
        var wanted = events.get(direction);
        return wanted != null && !wanted.isEmpty();
    }

    boolean judges(Point point) {
        return points.contains(point);
    }
}
