import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.postern.control.Order;
import org.postern.ipc.Conversation;
import org.postern.ipc.Deadlines;
import org.postern.ipc.Hearing;

/// How long one reload of a running server takes, and how many requests to reload it answers in a
/// second when several ask at the same time; requests that wait for each other share a reload.
///
///     java -cp target/classes:target/lib/* bench/ReloadBench.java ROOT COUNT ASKERS
///
/// ROOT is the directory of a private server (`smtpd -R ROOT`). A tenth as many reloads go before,
/// uncounted.
public final class ReloadBench {
    private static final Deadlines DEADLINES = new Deadlines();

    public static void main(String[] words) throws Exception {
        var socket = Path.of(words[0]).resolve("run/supervisor.sock");
        int count = Integer.parseInt(words[1]);
        int askers = Integer.parseInt(words[2]);
        reload(socket, Math.max(1, count / 10));
        long since = System.nanoTime();
        var times = reload(socket, count);
        double took = (System.nanoTime() - since) / 1e9;
        Arrays.sort(times);
        System.out.printf(
                "one after the other: %.1f a second; ms: least %.2f, half %.2f, 95%% %.2f, most"
                        + " %.2f%n",
                count / took,
                times[0] / 1e6,
                times[count / 2] / 1e6,
                times[count * 95 / 100] / 1e6,
                times[count - 1] / 1e6);
        together(socket, count, askers);
    }

    private static void together(Path socket, int count, int askers) throws Exception {
        var left = new AtomicInteger(count);
        var threads = new ArrayList<Thread>();
        long since = System.nanoTime();
        for (int i = 0; i < askers; i++) {
            threads.add(
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        try (var supervisor = connect(socket)) {
                                            while (left.getAndDecrement() > 0) {
                                                ask(supervisor);
                                            }
                                        } catch (java.io.IOException e) {
                                            throw new java.io.UncheckedIOException(e);
                                        }
                                    }));
        }
        for (var thread : threads) {
            thread.join();
        }
        double took = (System.nanoTime() - since) / 1e9;
        System.out.printf("%d ask together: %.1f answers a second%n", askers, count / took);
    }

    private static Conversation<Order, Order.Answer> connect(Path socket)
            throws java.io.IOException {
        return new Conversation<>(
                Hearing.connect(socket), Order.frames(), Order.answers(), DEADLINES);
    }

    private static long[] reload(Path socket, int count) throws java.io.IOException {
        var times = new long[count];
        try (var supervisor = connect(socket)) {
            for (int i = 0; i < count; i++) {
                long since = System.nanoTime();
                ask(supervisor);
                times[i] = System.nanoTime() - since;
            }
        }
        return times;
    }

    private static void ask(Conversation<Order, Order.Answer> supervisor)
            throws java.io.IOException {
        supervisor.say(new Order.Reload());
        while (true) {
            switch (supervisor.hear(Duration.ofMinutes(1))) {
                case Order.Answer.Line _ -> {}
                case Order.Answer.Done _ -> {
                    return;
                }
                case Order.Answer.Refused(var why) -> throw new IllegalStateException(why);
            }
        }
    }
}
