package org.postern.front.filter;

import java.io.Closeable;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.postern.config.FilterProcess.Side;
import org.postern.config.FilterRule.Decision;
import org.postern.mail.SessionId;

/// The filters of one session: what it asks at each of its points, and what it tells of what
/// happens. It belongs to the session's thread. Where there is no filter it costs nothing.
public final class Screen implements Closeable {
    private final Chain chain;
    private final SessionId session;
    private final Side side;
    private final Notes notes;
    private final InstantSource clock;
    private final Patience patience;

    // Written once, before the session begins.
    private volatile Map<Program, Seat> seats = Map.of();

    Screen(
            Chain chain,
            SessionId session,
            Side side,
            Notes notes,
            InstantSource clock,
            Patience patience) {
        this.chain = chain;
        this.session = session;
        this.side = side;
        this.notes = notes;
        this.clock = clock;
        this.patience = patience;
    }

    /// Gives the session its place at each program that is there.
    void sit() {
        if (chain.programs().isEmpty()) {
            return;
        }
        var taken = new LinkedHashMap<Program, Seat>();
        for (var program : chain.programs()) {
            program.enter(session, side, text -> heard(program, text))
                    .ifPresent(seat -> taken.put(program, seat));
        }
        seats = Collections.unmodifiableMap(taken);
    }

    /// Is there anybody to be told?
    public boolean tells() {
        return !seats.isEmpty();
    }

    /// Is there anybody who might be asked at this point?
    public boolean judges(Point point) {
        return !chain.steps(point).isEmpty();
    }

    /// Are there programs that want to see the lines of contents?
    public boolean readsContent() {
        return !readers().isEmpty();
    }

    /// Tells all who want to know of `event`; `parameters` are its fields, perhaps none.
    public void tell(Event event, String parameters) {
        for (var seat : seats.values()) {
            tell(seat, event, parameters);
        }
    }

    private void tell(Seat seat, Event event, String parameters) {
        if (seat.wants(event)) {
            try {
                seat.tell(words(event, parameters), patience.answer());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private byte[] words(Event event, String parameters) {
        return Words.report(clock.instant(), side, event, session, parameters);
    }

    /// What a filter has to say is told to all programs of the session.
    private void spread(String kind, String filter, String text) {
        notes.report(kind, filter, text);
        tell(Event.FILTER_REPORT, kind + '|' + Words.field(filter) + '|' + text);
    }

    /// The same for what a program says of itself, on the thread of its link, which waits for
    /// nobody.
    private void heard(Program program, String text) {
        notes.report("proc", program.name(), text);
        var report = words(Event.FILTER_REPORT, "proc|" + Words.field(program.name()) + '|' + text);
        for (var seat : seats.values()) {
            if (seat.wants(Event.FILTER_REPORT)) {
                seat.tellIfThereIsRoom(report);
            }
        }
    }

    /// Asks all filters in turn, until one decides.
    ///
    /// @param parameters what programs are given to see
    /// @param subject what rules test
    public Verdict ask(Point point, String parameters, Supplier<Subject> subject) {
        var verdict = Verdict.PROCEED;
        var steps = chain.steps(point);
        for (int i = 0; i < steps.size(); i++) {
            var decided =
                    switch (steps.get(i)) {
                        case Step.Tests(var rule) -> test(rule, subject.get());
                        case Step.Asks(_, var program) -> ask(program, point, parameters);
                    };
            trace(steps.get(i), point, parameters, decided);
            if (decided.isPresent()) {
                verdict = sound(decided.get(), point);
                break;
            }
        }
        if (tells()) {
            tell(Event.FILTER_RESPONSE, point.ofResponse() + '|' + response(verdict));
        }
        return verdict;
    }

    private void trace(Step step, Point point, String parameters, Optional<Verdict> decided) {
        if (notes.wantsSteps()) {
            var filter =
                    switch (step) {
                        case Step.Tests(var rule) -> rule.name();
                        case Step.Asks(var name, _) -> name;
                    };
            var outcome = decided.map(Screen::response).orElse("goes on");
            notes.step(point.word(), parameters, filter, outcome);
        }
    }

    private Optional<Verdict> test(Rule rule, Subject subject) {
        if (!rule.holds(subject)) {
            return Optional.empty();
        }
        return switch (rule.rule().decision()) {
            case Decision.Reject(var reply) -> Optional.of(Verdict.reject(reply));
            case Decision.Disconnect(var reply) -> Optional.of(Verdict.disconnect(reply));
            case Decision.Rewrite(var argument) -> Optional.of(new Verdict.Rewrite(argument));
            case Decision.Junk() -> Optional.of(new Verdict.Junk());
            case Decision.Bypass() -> Optional.of(Verdict.PROCEED);
            case Decision.Report(var text) -> {
                spread("builtin", rule.name(), text);
                yield Optional.empty();
            }
        };
    }

    private Optional<Verdict> ask(Program program, Point point, String parameters) {
        var seat = seats.get(program);
        if (seat == null) {
            return absent(program, point);
        }
        if (point == Point.DATA && seat.judges(Point.DATA_LINE) && !seat.failure().isEmpty()) {
            return absent(program, point);
        }
        if (!seat.judges(point)) {
            return Optional.empty();
        }
        try {
            return switch (seat.ask(clock.instant(), point, parameters, patience.answer())) {
                case Answer.Proceed() -> Optional.empty();
                case Answer.Junk() -> Optional.of(new Verdict.Junk());
                case Answer.Reject(var text) -> Optional.of(Verdict.reject(text));
                case Answer.Disconnect(var text) -> Optional.of(Verdict.disconnect(text));
                case Answer.Rewrite(var argument) -> Optional.of(new Verdict.Rewrite(argument));
                case Answer.Report(var text) -> {
                    spread("proc", program.name(), text);
                    yield Optional.empty();
                }
                case Answer.None(var why) -> {
                    notes.trouble(
                            "filter %s: no answer at %s: %s"
                                    .formatted(program.name(), point.word(), why));
                    yield absent(program, point);
                }
            };
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of(Verdict.AWAY);
        }
    }

    private static Optional<Verdict> absent(Program program, Point point) {
        return switch (program.absence()) {
            case PASS -> Optional.empty();
            // Who wants to leave, or start anew, is not kept.
            case REFUSE ->
                    switch (point) {
                        case CONNECT -> Optional.of(Verdict.CLOSED);
                        case RSET, QUIT, NOOP, HELP, WIZ -> Optional.empty();
                        case HELO,
                                EHLO,
                                STARTTLS,
                                AUTH,
                                MAIL_FROM,
                                RCPT_TO,
                                DATA,
                                DATA_LINE,
                                COMMIT ->
                                Optional.of(Verdict.AWAY);
                    };
        };
    }

    /// A verdict that makes no sense at this point ends the session.
    private Verdict sound(Verdict verdict, Point point) {
        boolean senseless =
                switch (verdict) {
                    case Verdict.Rewrite _ ->
                            !point.takesArgument() && point != Point.NOOP && point != Point.CONNECT;
                    case Verdict.Junk() -> point == Point.COMMIT;
                    case Verdict.Proceed(), Verdict.Reject _, Verdict.Disconnect _ -> false;
                };
        if (senseless) {
            notes.trouble(
                    "filter: %s at %s makes no sense".formatted(response(verdict), point.word()));
            return Verdict.BROKEN;
        }
        return verdict instanceof Verdict.Rewrite && !point.takesArgument()
                ? Verdict.PROCEED
                : verdict;
    }

    private static String response(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Proceed() -> "proceed";
            case Verdict.Junk() -> "junk";
            case Verdict.Rewrite(var argument) -> "rewrite|" + argument;
            case Verdict.Reject(var reply) -> "reject|" + reply;
            case Verdict.Disconnect(var reply) -> "disconnect|" + reply;
        };
    }

    /// Begins to send a content through the programs that want to see it; what comes out goes to
    /// `sink`. Only where there are such ([#readsContent]).
    ///
    /// @param most how many bytes may come out
    public Passage begin(long most, Passage.Sink sink) {
        return new Passage(readers(), most, sink, patience.content(), clock);
    }

    private List<Seat> readers() {
        if (seats.isEmpty()) {
            return List.of();
        }
        var readers = new ArrayList<Seat>();
        for (var step : chain.steps(Point.DATA_LINE)) {
            switch (step) {
                case Step.Asks(_, var program) -> {
                    var seat = seats.get(program);
                    if (seat != null && seat.judges(Point.DATA_LINE) && !isPassed(program, seat)) {
                        readers.add(seat);
                    }
                }
                case Step.Tests _ -> {}
            }
        }
        return List.copyOf(readers);
    }

    private static boolean isPassed(Program program, Seat seat) {
        return !seat.failure().isEmpty() && program.absence() == Program.Absence.PASS;
    }

    /// Leaves all programs.
    @Override
    public void close() {
        seats.values().forEach(Seat::leave);
    }
}
