package org.postern.front.filter;

import java.time.InstantSource;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.postern.config.FilterProcess.Side;
import org.postern.mail.SessionId;

/// The filters of a listener or an action, in the order in which they are asked. Many sessions
/// share it.
public final class Chain {
    /// No filter at all.
    public static final Chain EMPTY = new Chain(List.of());

    private final Map<Point, List<Step>> steps = new EnumMap<>(Point.class);
    private final Set<Program> programs = new LinkedHashSet<>();

    Chain(List<Step> all) {
        for (var point : Point.values()) {
            steps.put(point, all.stream().filter(step -> isAsked(step, point)).toList());
        }
        for (var step : all) {
            switch (step) {
                case Step.Asks(_, var program) -> programs.add(program);
                case Step.Tests _ -> {}
            }
        }
    }

    private static boolean isAsked(Step step, Point point) {
        return switch (step) {
            case Step.Tests(var rule) -> Point.of(rule.rule().phase()) == point;
            case Step.Asks _ -> true;
        };
    }

    List<Step> steps(Point point) {
        return steps.getOrDefault(point, List.of());
    }

    /// The programs, each once.
    Set<Program> programs() {
        return programs;
    }

    /// The filters of one session that begins. May wait for programs that are starting.
    public Screen open(SessionId session, Side side, Notes notes, InstantSource clock) {
        return open(session, side, notes, clock, Patience.USUAL);
    }

    /// The same with another patience.
    Screen open(SessionId session, Side side, Notes notes, InstantSource clock, Patience patience) {
        var screen = new Screen(this, session, side, notes, clock, patience);
        screen.sit();
        return screen;
    }
}
