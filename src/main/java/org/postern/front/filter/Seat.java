package org.postern.front.filter;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postern.config.FilterProcess.Side;
import org.postern.mail.SessionId;

/// The place of one session at one program. The session's thread asks, the thread of the link
/// answers; what they share is guarded by the monitor.
final class Seat {
    private final Link link;
    private final SessionId session;
    private final Side direction;
    private final Consumer<String> reports;

    // Null while nothing is asked.
    private @Nullable Question question;
    // Null while there is no content.
    private @Nullable Stage stage;
    // What is not waited for any more.
    private long lateQuestion;
    private long lateContent;
    private String failure = "";

    /// What is asked, and where the answer goes.
    private record Question(long token, BlockingQueue<Answer> answer) {}

    /// @param reports is given what the program wants to tell the others; on the link's thread
    Seat(Link link, SessionId session, Side direction, Consumer<String> reports) {
        this.link = link;
        this.session = session;
        this.direction = direction;
        this.reports = reports;
    }

    /// Begins to hear the program.
    void take() {
        link.enter(session.value(), this);
    }

    /// Ends it; the program is told nothing by this.
    void leave() {
        link.leave(session.value());
    }

    boolean judges(Point point) {
        return link.registration().judges(point);
    }

    boolean wants(Event event) {
        return link.registration().wants(direction, event);
    }

    /// Why the program is of no use to this session any more; empty if it is.
    synchronized String failure() {
        return failure;
    }

    /// Tells the program; if it does not read for as long as `patience`, it is given up.
    void tell(byte[] report, Duration patience) throws InterruptedException {
        if (failure().isEmpty() && !link.say(report, patience)) {
            link.close("it does not read");
        }
    }

    /// Tells the program, unless it is behind with its reading.
    void tellIfThereIsRoom(byte[] report) {
        if (failure().isEmpty()) {
            link.sayIfThereIsRoom(report);
        }
    }

    /// Asks, and waits for the answer.
    Answer ask(Instant at, Point point, String parameters, Duration patience)
            throws InterruptedException {
        var asked = new Question(token(), new ArrayBlockingQueue<>(1));
        synchronized (this) {
            if (!failure.isEmpty()) {
                return new Answer.None(failure);
            }
            question = asked;
        }
        long end = System.nanoTime() + patience.toNanos();
        if (!link.say(Words.request(at, point, session, asked.token(), parameters), patience)) {
            link.close("it does not read");
        }
        var answer = asked.answer().poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        synchronized (this) {
            question = null;
            if (answer == null) {
                lateQuestion = asked.token();
            }
        }
        if (answer == null) {
            link.wentUnanswered();
            return new Answer.None("it does not answer in time");
        }
        return answer;
    }

    private static long token() {
        return ThreadLocalRandom.current().nextLong();
    }

    /// An answer has come; false if this is not what was asked.
    synchronized boolean answered(long token, Answer answer) {
        if (question != null && question.token() == token) {
            var _ = question.answer().offer(answer);
            question = null;
            return true;
        }
        return token == lateQuestion;
    }

    void reports(String text) {
        reports.accept(text);
    }

    /// Begins to send a content through the program.
    Stage begin(long most) {
        var begun = new Stage(link, session, token(), most);
        synchronized (this) {
            if (!failure.isEmpty()) {
                begun.fail(failure);
            }
            stage = begun;
        }
        return begun;
    }

    /// The content is through, or given up; the program may go on giving lines of it for a while.
    synchronized void end(Stage ended) {
        stage = null;
        lateContent = ended.token();
    }

    /// The program has given a line of a content; false if there is none under way.
    boolean gave(LineReader.Line line) throws InterruptedException {
        var token = line.token();
        Stage now;
        synchronized (this) {
            now = stage;
            if (token.isEmpty()) {
                return false;
            }
            if (now == null || now.token() != token.get()) {
                return token.get() == lateContent;
            }
        }
        now.gave(line.content());
        return true;
    }

    /// How many bytes of a content wait for the session.
    synchronized long held() {
        return stage == null ? 0 : stage.held();
    }

    /// Lets go of what waits for the session.
    synchronized void giveUp() {
        if (stage != null) {
            stage.giveUp();
        }
    }

    /// The program is of no use to this session any more.
    synchronized void fail(String why) {
        if (failure.isEmpty()) {
            failure = why;
        }
        if (question != null) {
            var _ = question.answer().offer(new Answer.None(why));
        }
        if (stage != null) {
            stage.fail(why);
        }
    }
}
