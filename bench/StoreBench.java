import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.postern.log.Log;
import org.postern.mail.Chunk;
import org.postern.mail.Mailbox;
import org.postern.mail.MessageFacts;
import org.postern.mail.Origin;
import org.postern.mail.ReversePath;
import org.postern.mail.Share;
import org.postern.queue.store.SegmentStore;
import org.postern.queue.store.SpoolDisk;
import org.postern.queue.store.Store;

/// How many messages a second the store takes in, each on disk before it is acknowledged.
///
///     java -cp target/classes bench/StoreBench.java SPOOL SUBMITTERS SECONDS BYTES
public final class StoreBench {
    public static void main(String[] words) throws Exception {
        var spool = Files.createDirectories(Path.of(words[0]));
        int submitters = Integer.parseInt(words[1]);
        var time = Duration.ofSeconds(Long.parseLong(words[2]));
        var content = Chunk.handOver(new byte[Integer.parseInt(words[3])]);
        var facts =
                new MessageFacts(
                        new Origin(
                                "mx.example.org",
                                "",
                                "192.0.2.1",
                                "client.example.net",
                                "client",
                                new Origin.Login.Anonymous(),
                                new Origin.Security.Plain()),
                        new ReversePath.Sender(new Mailbox("ann", "example.net")),
                        MessageFacts.DsnReturn.UNSAID,
                        "");
        var bob = new Mailbox("bob", "example.org");
        var share = new Share(bob, bob, "home", new Share.Destination.Account("bob", ""), Set.of(), "");
        var log = new Log((level, line) -> System.err.println(level + " " + line));
        var commits = new AtomicLong();
        try (var store =
                SegmentStore.open(new SpoolDisk(spool), SegmentStore.Options.DEFAULTS, log)) {
            long begin = System.nanoTime();
            long end = begin + time.toNanos();
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int i = 0; i < submitters; i++) {
                    threads.submit(
                            () -> {
                                while (System.nanoTime() < end) {
                                    var id = store.reserve();
                                    try (var draft = store.draft(id, facts, Instant.now())) {
                                        draft.add(share);
                                        draft.append(content);
                                        if (draft.commit(content.length())
                                                instanceof Store.Answer.Committed(var ids)) {
                                            commits.incrementAndGet();
                                            store.change(
                                                    java.util.List.of(
                                                            new Store.Change.Done(ids.getFirst())));
                                        }
                                    }
                                }
                                return null;
                            });
                }
            }
            double seconds = (System.nanoTime() - begin) / 1e9;
            var figures = store.figures();
            System.out.printf(
                    "%d submitters, %d bytes: %.0f commits/s, %.1f commits a force, %d segments%n",
                    submitters,
                    content.length(),
                    commits.get() / seconds,
                    (double) commits.get() / figures.forces(),
                    figures.segments());
        }
    }
}
