package org.postern.queue.schedule;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.postern.log.Log;
import org.postern.mail.Carriage;
import org.postern.mail.Chunk;
import org.postern.mail.Envelope;
import org.postern.mail.Mailbox;
import org.postern.mail.MessageFacts;
import org.postern.mail.MessageId;
import org.postern.mail.Origin;
import org.postern.mail.ReversePath;
import org.postern.mail.Share;
import org.postern.queue.bounce.Report;
import org.postern.queue.store.Content;
import org.postern.queue.store.Damaged;
import org.postern.queue.store.Store;

/// Notifications in the making. What becomes of the recipients of one message within a second goes
/// into one report, which is put on disk together with the end of the envelopes that it is about: a
/// crash neither loses it nor sends it twice.
final class Notices {
    private static final Duration GATHERING = Duration.ofSeconds(1);
    private static final Duration AGAIN_LATER = Duration.ofMinutes(1);
    private static final int LARGEST_UNASKED = 50 * 1024;
    private static final int LARGEST = 1024 * 1024;
    private static final int LARGEST_HEADER = 64 * 1024;

    /// The words for the kinds of report; the envelopes of one report have the same.
    enum Kind {
        FAILED,
        DELAYED,
        DELIVERED,
        RELAYED
    }

    /// One envelope to be reported.
    ///
    /// @param until when it will be given up, for a delay
    /// @param change what is true of the envelope once the report is on disk
    record Notice(
            Kind kind, Envelope envelope, Report.About about, Instant until, Store.Change change) {}

    /// What follows from a report that is on disk.
    interface Follow {
        /// The report is queued as `fresh`; the envelopes of `about` are as their changes say.
        void reported(Store.Entry fresh, List<Notice> about);

        /// The message cannot be read, so nobody can be told.
        void unreadable(List<Notice> about, Damaged why);
    }

    private record Subject(MessageId message, Kind kind) {}

    /// What is gathered for one report; `due` is when it is made.
    private record Gathered(Instant due, List<Notice> notices) {}

    private final Store store;
    private final Follow follow;
    private final InstantSource clock;
    private final Log log;
    private final Map<Subject, Gathered> gathered = new LinkedHashMap<>(); // guarded by this

    Notices(Store store, Follow follow, InstantSource clock, Log log) {
        this.store = store;
        this.follow = follow;
        this.clock = clock;
        this.log = log;
    }

    /// Adds one to what is to be reported.
    synchronized void add(Notice notice) {
        var subject = new Subject(notice.envelope().id().message(), notice.kind());
        gathered.computeIfAbsent(
                        subject,
                        _ -> new Gathered(clock.instant().plus(GATHERING), new ArrayList<>()))
                .notices()
                .add(notice);
    }

    /// Makes the reports that are due, each on a thread of its own, so that they are forced to disk
    /// together.
    void makeDue() {
        for (var notices : takeDue()) {
            Thread.ofVirtual().name("report").start(() -> make(notices));
        }
    }

    private synchronized List<List<Notice>> takeDue() {
        var now = clock.instant();
        var due = new ArrayList<List<Notice>>();
        var all = gathered.values().iterator();
        while (all.hasNext() && due.size() < 100) {
            var next = all.next();
            if (!next.due().isAfter(now)) {
                due.add(List.copyOf(next.notices()));
                all.remove();
            }
        }
        return due;
    }

    /// Makes one report and puts it on disk.
    private void make(List<Notice> notices) {
        try {
            var fresh = fresh(notices);
            var changes = notices.stream().map(Notice::change).toList();
            switch (store.commit(fresh, changes)) {
                case Store.Answer.Committed(var ids) -> {
                    if (log.traces("bounce")) {
                        log.trace(
                                "bounce",
                                ids.getFirst()
                                        + " reports "
                                        + notices.stream()
                                                .map(notice -> notice.envelope().id().toString())
                                                .collect(Collectors.joining(" ")));
                    }
                    var key = org.postern.queue.store.Key.of(fresh.shares().getFirst());
                    follow.reported(
                            Store.Entry.fresh(
                                    ids.getFirst(),
                                    key,
                                    fresh.created(),
                                    fresh.facts().carriage().urgency()),
                            notices);
                }
                case Store.Answer.Refused(var cause, var text) ->
                        later(notices, cause + ": " + text);
            }
        } catch (Damaged e) {
            follow.unreadable(notices, e);
        } catch (IOException e) {
            later(notices, String.valueOf(e));
        } catch (RuntimeException e) {
            log.bug("queue: a report on " + notices.getFirst().envelope().id(), e);
            follow.unreadable(notices, Damaged.because("it could not be reported", e));
        }
    }

    private synchronized void later(List<Notice> notices, String why) {
        var first = notices.getFirst();
        var message = first.envelope().id().message();
        log.warn(
                "TempFail injecting failure report on message %s to <%s> for %d envelope(s): %s"
                        .formatted(
                                message,
                                first.envelope().message().sender(),
                                notices.size(),
                                Log.visible(why)));
        gathered.computeIfAbsent(
                        new Subject(message, first.kind()),
                        _ -> new Gathered(clock.instant().plus(AGAIN_LATER), new ArrayList<>()))
                .notices()
                .addAll(notices);
    }

    private Store.Fresh fresh(List<Notice> notices) throws IOException {
        var first = notices.getFirst();
        var facts = first.envelope().message();
        var now = clock.instant();
        var to = sender(facts);
        var kind =
                switch (first.kind()) {
                    case FAILED -> new Report.Kind.Failed();
                    case DELAYED -> new Report.Kind.Delayed(first.until());
                    case DELIVERED -> new Report.Kind.Delivered();
                    case RELAYED -> new Report.Kind.Relayed();
                };
        var report =
                new Report(
                        kind,
                        to,
                        facts,
                        first.envelope().created(),
                        notices.stream().map(Notice::about).toList(),
                        original(first),
                        now);
        var name = facts.origin().smtpName();
        var origin =
                new Origin(
                        name,
                        "",
                        Origin.LOCAL,
                        "localhost",
                        name,
                        new Origin.Login.As(""),
                        new Origin.Security.Plain());
        return new Store.Fresh(
                new MessageFacts(
                        origin,
                        new ReversePath.Null(),
                        MessageFacts.DsnReturn.UNSAID,
                        "",
                        carriage(report)),
                now,
                List.of(new Share(to, to, "", new Share.Destination.Unrouted(), Set.of(), "")),
                report.write(ThreadLocalRandom.current()));
    }

    /// A report is as urgent as what it is about (RFC 6710 section 4.6).
    private static Carriage carriage(Report report) {
        return (report.needsUtf8() ? Carriage.IN_UTF8 : Carriage.PLAIN)
                .with(report.facts().carriage().urgency().withoutDeadline());
    }

    private static Mailbox sender(MessageFacts facts) {
        return switch (facts.sender()) {
            case ReversePath.Sender(var mailbox) -> mailbox;
            case ReversePath.Null() ->
                    throw new IllegalStateException("a report to the null reverse-path");
        };
    }

    /// What of the message goes back: all of a failed one that is small, unless the sender said
    /// otherwise (RET, RFC 3461 section 4.3); else its header.
    private Report.Original original(Notice notice) throws IOException {
        var id = notice.envelope().id().message();
        var found = store.content(id);
        if (found.isEmpty()) {
            return new Report.Original.Headers(Chunk.EMPTY);
        }
        try (var content = found.get()) {
            int most =
                    switch (notice.envelope().message().dsnReturn()) {
                        case HEADERS -> 0;
                        case FULL -> LARGEST;
                        case UNSAID -> LARGEST_UNASKED;
                    };
            // A report is made of lines, and binary content is not.
            boolean whole =
                    notice.kind() == Kind.FAILED
                            && content.length() <= most
                            && notice.envelope().message().carriage().form() == Carriage.Form.LINES;
            return whole
                    ? new Report.Original.Whole(all(content))
                    : new Report.Original.Headers(header(content));
        }
    }

    private static Chunk all(Content content) throws IOException {
        var out = new ByteArrayOutputStream((int) content.length());
        for (var next = content.next(65_536); !next.isEmpty(); next = content.next(65_536)) {
            next.writeTo(out);
        }
        return Chunk.handOver(out.toByteArray());
    }

    private static Chunk header(Content content) throws IOException {
        var bytes = content.next(LARGEST_HEADER);
        for (int i = 0; i < bytes.length(); i++) {
            boolean empty = bytes.at(i) == '\n' && (i == 0 || bytes.at(i - 1) == '\n');
            if (empty) {
                return bytes.slice(0, i);
            }
        }
        return bytes;
    }
}
