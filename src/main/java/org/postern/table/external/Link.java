package org.postern.table.external;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.postern.config.Service;

/// One connection to a table program, from its greeting to its end. What the program says is
/// believed only as far as it answers what was asked; anything else ends the connection.
///
/// A thread of its own reads, another writes; any number ask.
final class Link {
    /// The version of the server, as the greeting says it.
    private static final String SERVER = "7.8.0-postern";

    private static final int MOST_WAITING_LINES = 1024;
    private static final int MOST_LATE = 1024;
    private static final int MOST_UNANSWERED = 3;

    private final String table;
    private final SocketChannel channel;
    private final Lines lines;
    private final SecureRandom random = new SecureRandom();
    private final BlockingQueue<String> outgoing = new ArrayBlockingQueue<>(MOST_WAITING_LINES);
    private final Map<String, Waiting> waiting = new ConcurrentHashMap<>();
    private final AtomicInteger unanswered = new AtomicInteger();
    private final CountDownLatch over = new CountDownLatch(1);

    // The ids that nobody waits for any more; guarded by itself.
    private final LinkedHashSet<String> late = new LinkedHashSet<>();

    // Written before the link is known to others.
    private Set<Service> services = Set.of();
    private volatile String end = "";

    Link(String table, SocketChannel channel) {
        this.table = table;
        this.channel = channel;
        this.lines = new Lines(Channels.newInputStream(channel));
    }

    /// Who waits for a reply.
    private record Waiting(String word, BlockingQueue<Reply.Result> reply) {}

    /// What came of a question.
    sealed interface Outcome {
        /// It was answered.
        record Answered(Reply.Result result) implements Outcome {}

        /// There was no answer in time, or the connection ended.
        record Unanswered(String why) implements Outcome {}
    }

    /// Introduces the server, and learns what the program serves; waits as long as the channel is
    /// open.
    ///
    /// @throws IOException if the program does not keep to the protocol
    void greet() throws IOException {
        write(
                String.join(
                        "\n",
                        "config|smtpd-version|" + SERVER,
                        "config|protocol|" + Request.VERSION,
                        "config|tablename|" + table,
                        "config|ready"));
        var registered = EnumSet.noneOf(Service.class);
        while (true) {
            var line = lines.next().orElseThrow(() -> new IOException("it ended at once"));
            if (line.equals("register|ready")) {
                break;
            }
            registered.add(service(line));
        }
        if (registered.isEmpty()) {
            throw new IOException("it registered no service");
        }
        services = Set.copyOf(registered);
    }

    private static Service service(String line) throws IOException {
        return Optional.of(line)
                .filter(text -> text.startsWith("register|"))
                .flatMap(text -> Services.named(text.substring("register|".length())))
                .orElseThrow(() -> new IOException("it said " + shown(line) + " in its greeting"));
    }

    private void write(String line) throws IOException {
        var bytes = ByteBuffer.wrap((line + '\n').getBytes(StandardCharsets.ISO_8859_1));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /// What it has registered.
    Set<Service> services() {
        return services;
    }

    boolean serves(Service service) {
        return services.contains(service);
    }

    /// Reads replies until the connection ends, and says why it did.
    String live() {
        var writer = Thread.ofVirtual().name("to table " + table).start(this::writeAll);
        try {
            for (var line = lines.next(); line.isPresent(); line = lines.next()) {
                take(line.get());
            }
            close("it ended");
        } catch (IOException e) {
            close(String.valueOf(e.getMessage()));
        }
        writer.interrupt();
        return end;
    }

    private void writeAll() {
        try {
            while (true) {
                write(outgoing.take());
            }
        } catch (IOException e) {
            close("it does not hear: " + e.getMessage());
        } catch (InterruptedException e) {
            // The connection is over.
        }
    }

    private void take(String line) throws IOException {
        var reply = Reply.parse(line);
        if (reply.isEmpty()) {
            throw new IOException("it said " + shown(line));
        }
        var id = reply.get().id();
        var one = waiting.get(id);
        if (one == null) {
            if (!isLate(id)) {
                throw new IOException("it answered what nobody asked: " + shown(line));
            }
            return;
        }
        if (!one.word().equals(reply.get().word())) {
            throw new IOException("it answered another question: " + shown(line));
        }
        unanswered.set(0);
        if (waiting.remove(id, one)) {
            var _ = one.reply().offer(reply.get().result());
        }
    }

    private boolean isLate(String id) {
        synchronized (late) {
            return late.remove(id);
        }
    }

    /// Asks, and waits for the reply.
    Outcome ask(Request request, long nanos) throws InterruptedException {
        var one = new Waiting(request.word(), new ArrayBlockingQueue<>(1));
        var id = enter(one);
        try {
            if (!outgoing.offer(request.line(table, id, Instant.now()))) {
                close("it does not read");
            }
            // Whoever ends the connection later than this finds us waiting.
            var result = isOver() ? null : one.reply().poll(nanos, TimeUnit.NANOSECONDS);
            if (result != null) {
                return result instanceof Reply.Result.Failure(var text) && text.equals(LOST)
                        ? new Outcome.Unanswered(end)
                        : new Outcome.Answered(result);
            }
        } finally {
            leave(id, one);
        }
        if (isOver()) {
            return new Outcome.Unanswered(end);
        }
        if (unanswered.incrementAndGet() >= MOST_UNANSWERED) {
            close("it does not answer");
        }
        return new Outcome.Unanswered("it does not answer in time");
    }

    /// What those who wait are told when the connection ends; it cannot be said on a line.
    private static final String LOST = "\n";

    private String enter(Waiting one) {
        while (true) {
            var id = Request.id(random.nextInt());
            if (waiting.putIfAbsent(id, one) == null) {
                return id;
            }
        }
    }

    private void leave(String id, Waiting one) {
        if (!waiting.remove(id, one)) {
            return;
        }
        synchronized (late) {
            late.add(id);
            if (late.size() > MOST_LATE) {
                late.removeFirst();
            }
        }
    }

    private boolean isOver() {
        return over.getCount() == 0;
    }

    /// Waits until nobody waits for a reply, at most so long, and ends the connection.
    void finish(long nanos, String why) throws InterruptedException {
        long deadline = System.nanoTime() + nanos;
        while (!waiting.isEmpty() && deadline - System.nanoTime() > 0) {
            if (over.await(10, TimeUnit.MILLISECONDS)) {
                return;
            }
        }
        close(why);
    }

    /// Ends the connection, which ends the program; all who wait are told.
    void close(String why) {
        synchronized (this) {
            if (isOver()) {
                return;
            }
            end = why;
            over.countDown();
        }
        try {
            channel.close();
        } catch (IOException e) {
            // It is gone either way.
        }
        for (var one : waiting.values()) {
            var _ = one.reply().offer(new Reply.Result.Failure(LOST));
        }
    }

    /// Why the connection ended; empty if it has not.
    String end() {
        return end;
    }

    /// What a program said, short enough for the log.
    static String shown(String line) {
        return '"' + (line.length() > 100 ? line.substring(0, 100) + "..." : line) + '"';
    }
}
