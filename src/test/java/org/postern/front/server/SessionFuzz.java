package org.postern.front.server;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.postern.config.Listen;
import org.postern.front.filter.Filters;
import org.postern.front.server.Reception.Trait;
import org.postern.log.Log;
import org.postern.mail.SessionId;

/// A whole session, from greeting to end, against a queue that takes everything: it never ends in a
/// bug, every line it says is a reply, and no line of its log holds what a client could forge.
///
/// Clients are strangers, those that may speak for others, those that may log in, and users of this
/// machine. One queue serves all sessions, as it does in a server: a new one for each is most of
/// the work.
public final class SessionFuzz implements Closeable {
    /// Jazzer calls methods of the class, so this one is kept for it from its beginning to its end.
    private static @Nullable SessionFuzz jazzers;

    private static final int SPEAKS_FOR_OTHERS = 1;
    private static final int LOGS_IN = 2;
    private static final int IS_LOCAL = 3;

    private final FakeQueue queue = new FakeQueue();
    private final Submissions submissions = new Submissions(queue.socket(), 4, queue.deadlines());

    public SessionFuzz() throws IOException {}

    /// Jazzer begins.
    public static void fuzzerInitialize() throws IOException {
        jazzers = new SessionFuzz();
    }

    /// Jazzer ends.
    public static void fuzzerTearDown() throws IOException {
        if (jazzers != null) {
            jazzers.close();
        }
    }

    /// Jazzer tries an input.
    public static void fuzzerTestOneInput(byte[] data) throws IOException {
        if (jazzers != null) {
            jazzers.take(data);
        }
    }

    @Override
    public void close() throws IOException {
        submissions.close();
        queue.close();
    }

    /// One input: what the client sends; its first byte says in what pieces it comes (six bits),
    /// and who the client is (two).
    public void take(byte[] data) throws IOException {
        var log = new CopyOnWriteArrayList<String>();
        int first = data.length == 0 ? 0 : data[0];
        var pipe = new Pipe(1 + (first & 63));
        pipe.send(data.length == 0 ? data : Arrays.copyOfRange(data, 1, data.length));
        pipe.end();
        new Session(
                        new SessionId(1),
                        pipe,
                        reception(first >> 6 & 3),
                        peer(first >> 6 & 3),
                        new Means(
                                Dialogue.LIMITS,
                                new Rules(),
                                Filters.none(),
                                submissions,
                                new FakeLogins(Set.of()),
                                new Traffic(),
                                new Log((_, line) -> log.add(line)),
                                InstantSource.fixed(Dialogue.NOW)))
                .run();
        check(queue.broken().isEmpty(), "the queue heard nonsense: " + queue.broken());
        queue.kept().clear();
        pipe.close();
        var heard =
                new String(pipe.received().readAllBytes(), StandardCharsets.ISO_8859_1)
                        .split("\r\n", -1);
        for (var line : heard) {
            check(
                    line.isEmpty() || line.matches("[2-5][0-9][0-9][ -][ -~]*"),
                    "not a reply: " + line);
        }
        for (var line : List.copyOf(log)) {
            check(!line.startsWith("bug: ") || line.contains("a planted bug"), line);
            check(
                    line.matches("[ -~\\p{L}\\p{M}\\p{N}\\p{P}\\p{S}]*"),
                    "not a line of a log: " + line);
        }
    }

    private static Reception reception(int kind) {
        return switch (kind) {
            case SPEAKS_FOR_OTHERS -> of(Trait.SPEAKS_FOR_OTHERS, Trait.SUBMISSION_PORT);
            case IS_LOCAL -> of(Trait.LOCAL);
            case LOGS_IN ->
                    new Reception(
                            "mx.example.org",
                            "",
                            "",
                            Set.of(Trait.AUTH_WITHOUT_TLS, Trait.NAMES_LOGIN),
                            new Protection.None(),
                            new Admission.Open(
                                    new Listen.Logins.Accounts(),
                                    Listen.Demand.OPTIONAL,
                                    new Admission.Senders.Free()));
            default -> of(Trait.OFFERS_DSN);
        };
    }

    private static Peer peer(int kind) {
        return switch (kind) {
            case IS_LOCAL ->
                    Peer.local("mx.example.org", "alice", java.nio.file.Path.of("/run/smtpd.sock"));
            case LOGS_IN -> Peers.LOOPBACK;
            default -> Peers.CLIENT;
        };
    }

    private static Reception of(Trait... traits) {
        return new Reception("mx.example.org", "", Set.of(traits));
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
