package org.postern.front.route;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.postern.ipc.Conversation;
import org.postern.ipc.Deadlines;
import org.postern.ipc.Frames;
import org.postern.ipc.Hearing;
import org.postern.ipc.Vital;
import org.postern.ipc.Work;
import org.postern.log.Log;
import org.postern.mail.Envelope;
import org.postern.mail.MessageFacts;
import org.postern.mail.Origin;
import org.postern.mail.Outcome;
import org.postern.mail.Share;

/// Routes what the queue cannot: envelopes for which the ruleset has still to be asked, which are
/// our own notifications, and those for which it is to be asked again. A few workers, each a
/// virtual thread with a conversation of its own; while the queue is away they wait for it.
public final class RouteWorkers {
    /// How they route: by the configuration of the moment.
    ///
    /// @param serverName the name that our own mail comes from
    public record Way(String serverName, Router router) {}

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private final Path queue;
    private final Supplier<Way> way;
    private final Deadlines deadlines;
    private final Log log;
    private final Frames<Work> words = Work.frames();
    private final Frames<Work.Assignment> assignments = Work.assignments();
    private final Set<Thread> workers = ConcurrentHashMap.newKeySet();

    /// Workers for the queue whose work socket is `queue`. `way` is asked before each envelope.
    public RouteWorkers(Path queue, Supplier<Way> way, Deadlines deadlines, Log log) {
        this.queue = queue;
        this.way = way;
        this.deadlines = deadlines;
        this.log = log;
    }

    /// Starts `count` workers.
    public void start(int count) {
        for (int i = 0; i < count; i++) {
            workers.add(Thread.ofVirtual().name("route " + i).start(Vital.thread(this::run)));
        }
    }

    /// Ends the workers; an envelope under way is deferred by the hang-up.
    public void stop() {
        workers.forEach(Thread::interrupt);
        workers.clear();
    }

    private void run() {
        var pause = Duration.ofMillis(100);
        while (!Thread.currentThread().isInterrupted()) {
            try (var conversation =
                    new Conversation<>(Hearing.connect(queue), words, assignments, deadlines)) {
                pause = Duration.ofMillis(100);
                work(conversation);
            } catch (IOException e) {
                log.debug("route: the queue: " + Log.visible(String.valueOf(e.getMessage())));
            } catch (RuntimeException e) {
                log.bug("route", e);
            }
            try {
                Thread.sleep(pause);
            } catch (InterruptedException e) {
                return;
            }
            pause = pause.compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
        }
    }

    private void work(Conversation<Work, Work.Assignment> conversation) throws IOException {
        while (true) {
            conversation.say(new Work.Ready(Work.Lane.ROUTE));
            if (!(conversation.hearWhenever()
                    instanceof Work.Assignment.Try(var envelopes, _, _))) {
                throw new IOException("content that was not fetched");
            }
            for (var envelope : envelopes) {
                conversation.say(route(envelope));
            }
        }
    }

    private Work route(Envelope envelope) {
        var share = envelope.share();
        var now = way.get();
        var routing =
                isAgain(share)
                        ? now.router().again(envelope.message(), share)
                        : now.router()
                                .route(
                                        local(envelope.message(), now.serverName()),
                                        share.recipient(),
                                        share.dsnNotify(),
                                        share.dsnOriginalRecipient());
        return switch (routing) {
            case Routing.Accepted(var shares) -> routed(envelope, shares);
            case Routing.Refused(var reply, var cause) -> failed(envelope, reply, cause);
            case Routing.TryLater(var reply, var cause) -> {
                log(envelope, "TempFail", reply, cause);
                yield report(envelope, new Outcome.Deferred(reply.status(), reply.text(), ""));
            }
        };
    }

    /// The shares in one word, for they become true together; a failure if it does not hold them.
    private Work routed(Envelope envelope, List<Share> shares) {
        var routed = new Work.Routed(envelope.id(), shares);
        return shares.size() <= Work.Routed.MOST_SHARES && words.fits(routed)
                ? routed
                : failed(
                        envelope,
                        Routing.Answer.badList(envelope.share().recipient()),
                        "it expands to " + shares.size() + " shares, which is too many");
    }

    private Work failed(Envelope envelope, Routing.Answer reply, String cause) {
        log(envelope, "PermFail", reply, cause);
        // No sender is told of what is routed again, so it may say which rule it was.
        var text = isAgain(envelope.share()) ? reply.text() + " (" + cause + ")" : reply.text();
        return report(envelope, new Outcome.Failed(reply.status(), text, ""));
    }

    private static boolean isAgain(Share share) {
        return !(share.destination() instanceof Share.Destination.Unrouted);
    }

    private static Work report(Envelope envelope, Outcome outcome) {
        return new Work.Report(List.of(new Work.Result(envelope.id(), outcome)));
    }

    /// Our own mail comes from this machine and needs no login, whatever the envelope says.
    private static MessageFacts local(MessageFacts facts, String serverName) {
        var origin =
                new Origin(
                        serverName,
                        "",
                        Origin.LOCAL,
                        serverName,
                        serverName,
                        new Origin.Login.As(""),
                        new Origin.Security.Plain());
        return new MessageFacts(
                origin, facts.sender(), facts.dsnReturn(), facts.dsnEnvelopeId(), facts.carriage());
    }

    private void log(Envelope envelope, String result, Routing.Answer reply, String cause) {
        log.entry()
                .subsystem("route")
                .word("evpid", envelope.id())
                .mailbox("to", envelope.share().recipient())
                .quoted("result", result)
                .quoted("stat", reply.status() + " " + reply.text())
                .quoted("cause", cause)
                .write();
    }
}
