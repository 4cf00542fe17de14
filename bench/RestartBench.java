import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.postern.log.Log;
import org.postern.mail.Chunk;
import org.postern.mail.Mailbox;
import org.postern.mail.MessageFacts;
import org.postern.mail.Origin;
import org.postern.mail.ReversePath;
import org.postern.mail.Share;
import org.postern.queue.schedule.Policy;
import org.postern.queue.schedule.Scheduler;
import org.postern.queue.store.SegmentStore;
import org.postern.queue.store.SpoolDisk;

/// How long a restart takes with many messages in the queue, and how much memory they take. A
/// message has one recipient; there are a thousand of these.
///
///     java -XX:+UseSerialGC -XX:+UseCompactObjectHeaders -Xmx768m -cp target/classes:target/lib/* \
///         bench/RestartBench.java SPOOL MESSAGES
///
/// The first run makes SPOOL and fills it; the next ones measure. Remove `SPOOL/checkpoint` to
/// measure what a crash costs at most.
public final class RestartBench {
    private static final Log LOG = new Log((level, line) -> System.err.println(level + " " + line));

    public static void main(String[] words) throws Exception {
        var spool = Path.of(words[0]);
        int messages = Integer.parseInt(words[1]);
        if (Files.exists(spool)) {
            restart(spool, messages);
        } else {
            fill(Files.createDirectories(spool), messages);
        }
    }

    private static void fill(Path spool, int messages) throws Exception {
        var next = new AtomicInteger();
        try (var store = open(spool);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 1000; i++) {
                threads.submit(
                        () -> {
                            for (int n = next.getAndIncrement();
                                    n < messages;
                                    n = next.getAndIncrement()) {
                                put(store, n);
                            }
                            return null;
                        });
            }
            threads.close();
        }
    }

    private static void put(SegmentStore store, int number) {
        var origin =
                new Origin(
                        "mx.example.org",
                        "",
                        "192.0.2.1",
                        "client.example.net",
                        "client",
                        new Origin.Login.Anonymous(),
                        new Origin.Security.Plain());
        var sender = new ReversePath.Sender(new Mailbox("ann" + number, "example.net"));
        var facts = new MessageFacts(origin, sender, MessageFacts.DsnReturn.UNSAID, "");
        var user = "user" + number % 1000;
        var mailbox = new Mailbox(user, "example.org");
        var share =
                new Share(
                        mailbox,
                        mailbox,
                        "home",
                        new Share.Destination.Account(user, ""),
                        Set.of(),
                        "");
        var id = store.reserve();
        try (var draft = store.draft(id, facts, Instant.now())) {
            draft.add(share);
            draft.append(Chunk.of("Subject: hello\n\nworld\n"));
            draft.commit(22);
        }
    }

    private static SegmentStore open(Path spool) throws Exception {
        return SegmentStore.open(new SpoolDisk(spool), SegmentStore.Options.DEFAULTS, LOG);
    }

    private static void restart(Path spool, int messages) throws Exception {
        var policy =
                new Policy(
                        Map.of("home", new Policy.Rule(Policy.Manner.MAILDIR, Duration.ofDays(4))),
                        Duration.ofDays(4),
                        List.of(Duration.ofHours(4)),
                        100);
        long before = used();
        long begin = System.nanoTime();
        try (var store = open(spool)) {
            double opened = (System.nanoTime() - begin) / 1e9;
            var scheduler = new Scheduler(store, policy, InstantSource.system(), LOG);
            double scheduled = (System.nanoTime() - begin) / 1e9;
            System.out.printf(
                    "%d envelopes: store open after %.2f s, all scheduled after %.2f s, %d bytes"
                        + " each%n",
                    store.figures().envelopes(), opened, scheduled, (used() - before) / messages);
            scheduler.close();
        }
    }

    private static long used() throws InterruptedException {
        for (int i = 0; i < 3; i++) {
            System.gc();
            Thread.sleep(50);
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
