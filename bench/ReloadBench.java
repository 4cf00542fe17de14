import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.postern.control.Order;
import org.postern.ipc.Conversation;
import org.postern.ipc.Deadlines;
import org.postern.ipc.Hearing;

/// How long one reload of a running server takes, and how many requests to reload it answers in a
/// second when several ask at the same time; requests that wait for each other share a reload.
///
///     java -cp target/classes:target/lib/* bench/ReloadBench.java ROOT COUNT ASKERS
///     java -cp target/classes:target/lib/* bench/ReloadBench.java ROOT paced RATE SECONDS CLIENTS PORT
///
/// ROOT is the directory of a private server (`smtpd -R ROOT`). A tenth as many reloads go before,
/// uncounted.
///
/// `paced` asks RATE times a second, whether or not those who asked before have their answer, while
/// CLIENTS send mail to PORT without a pause. Before each request another configuration is put in
/// place (ROOT/etc/smtpd.conf is overwritten), which greets by its number and has another action than the one
/// before. An answer is true if the server greets by that number, or a later one, as soon as the
/// answer is there. Sessions are of ten messages; one that ends otherwise is counted as dropped, and
/// so is each reply of 4xx or 5xx. With the rate 0 no reload is asked for: that is what the load does
/// without.
public final class ReloadBench {
    private static final Deadlines DEADLINES = new Deadlines();

    public static void main(String[] words) throws Exception {
        var socket = Path.of(words[0]).resolve("run/supervisor.sock");
        if (words[1].equals("paced")) {
            new Paced(words).run();
            return;
        }
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

    private static long[] reload(Path socket, int count) throws IOException {
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

    /// Requests at a fixed pace, under load.
    private static final class Paced {
        private final Path root;
        private final int rate;
        private final int seconds;
        private final int port;
        private final int clients;
        private final AtomicInteger newest = new AtomicInteger();
        private final AtomicInteger answers = new AtomicInteger();
        private final AtomicInteger untrue = new AtomicInteger();
        private final AtomicInteger refused = new AtomicInteger();
        private final AtomicInteger dropped = new AtomicInteger();
        private final AtomicInteger negative = new AtomicInteger();
        private final AtomicInteger accepted = new AtomicInteger();
        private final AtomicInteger sessions = new AtomicInteger();
        private final AtomicBoolean over = new AtomicBoolean();
        private final Set<Long> generations = ConcurrentHashMap.newKeySet();
        private final Queue<Long> times = new ConcurrentLinkedQueue<>();
        private final Queue<Conversation<Order, Order.Answer>> idle = new ConcurrentLinkedQueue<>();

        Paced(String[] words) {
            root = Path.of(words[0]);
            rate = Integer.parseInt(words[2]);
            seconds = Integer.parseInt(words[3]);
            clients = Integer.parseInt(words[4]);
            port = Integer.parseInt(words[5]);
        }

        void run() throws Exception {
            write();
            reload(root.resolve("run/supervisor.sock"), 1);
            var load = new ArrayList<Thread>();
            for (int i = 0; i < clients; i++) {
                load.add(Thread.ofVirtual().start(this::send));
            }
            Thread.sleep(3000); // to warm up
            int before = accepted.get();
            long since = System.nanoTime();
            var asking = new ArrayList<Thread>();
            for (int i = 0; i < rate * seconds; i++) {
                LockSupport.parkNanos(since + i * (1_000_000_000L / rate) - System.nanoTime());
                write();
                int number = newest.get();
                asking.add(Thread.ofVirtual().start(() -> ask(number)));
            }
            LockSupport.parkNanos(since + seconds * 1_000_000_000L - System.nanoTime());
            double asked = (System.nanoTime() - since) / 1e9;
            int mails = accepted.get() - before;
            for (var thread : asking) {
                thread.join();
            }
            over.set(true);
            for (var thread : load) {
                thread.join();
            }
            report(asked, mails);
        }

        private void report(double asked, int mails) {
            var sorted = times.stream().mapToLong(Long::longValue).sorted().toArray();
            System.out.printf(
                    "asked %d times in %.1f s; answers %d, by %d reloads; untrue %d, refused %d%n",
                    rate * seconds,
                    asked,
                    answers.get(),
                    generations.size(),
                    untrue.get(),
                    refused.get());
            if (sorted.length > 0) {
                System.out.printf(
                        "ms until the answer: half %.1f, 95%% %.1f, 99%% %.1f, most %.1f%n",
                        sorted[sorted.length / 2] / 1e6,
                        sorted[sorted.length * 95 / 100] / 1e6,
                        sorted[sorted.length * 99 / 100] / 1e6,
                        sorted[sorted.length - 1] / 1e6);
            }
            System.out.printf(
                    "messages accepted meanwhile: %.0f a second; sessions %d, dropped %d, replies of"
                            + " 4xx and 5xx %d%n",
                    mails / asked, sessions.get(), dropped.get(), negative.get());
        }

        private void write() throws IOException {
            int number = newest.get() + 1;
            var home = root.resolve("home");
            var name = "action-" + number % 2;
            var text =
                    """
                    listen on 127.0.0.1 port PORT hostname "gNUMBER.example.org" tag "NAME"
                    smtp limit max-mails 100000
                    table people { carol = "4321:4321:HOME" }
                    action "NAME" maildir "HOME/NAME" userbase <people>
                    match tag "NAME" from any for domain "example.org" action "NAME"
                    """
                            .replace("PORT", "" + port)
                            .replace("NUMBER", "" + number)
                            .replace("NAME", name)
                            .replace("HOME", home.toString());
            var fresh = root.resolve("etc/smtpd.conf.new");
            Files.writeString(fresh, text);
            Files.move(fresh, root.resolve("etc/smtpd.conf"), StandardCopyOption.ATOMIC_MOVE);
            newest.set(number);
        }

        private void ask(int number) {
            try {
                long since = System.nanoTime();
                var found = idle.poll();
                var supervisor =
                        found != null ? found : connect(root.resolve("run/supervisor.sock"));
                supervisor.say(new Order.Reload());
                while (true) {
                    var answer = supervisor.hear(Duration.ofMinutes(1));
                    if (answer instanceof Order.Answer.Done(var generation)) {
                        times.add(System.nanoTime() - since);
                        answers.incrementAndGet();
                        generations.add((long) generation);
                        break;
                    }
                    if (answer instanceof Order.Answer.Refused) {
                        refused.incrementAndGet();
                        break;
                    }
                }
                idle.add(supervisor);
                if (greeting() < number) {
                    untrue.incrementAndGet();
                }
            } catch (IOException e) {
                refused.incrementAndGet();
            }
        }

        private int greeting() throws IOException {
            try (var socket = new Socket(InetAddress.getLoopbackAddress(), port);
                    var in = new BufferedReader(new InputStreamReader(socket.getInputStream()))) {
                var line = in.readLine();
                return Integer.parseInt(line.substring("220 g".length(), line.indexOf('.')));
            }
        }

        private void send() {
            while (!over.get()) {
                sessions.incrementAndGet();
                try (var socket = new Socket(InetAddress.getLoopbackAddress(), port);
                        var in =
                                new BufferedReader(
                                        new InputStreamReader(socket.getInputStream()))) {
                    socket.setSoTimeout(60_000);
                    demand(in);
                    say(socket, in, "HELO client.example.net");
                    for (int i = 0; i < 10; i++) {
                        say(socket, in, "MAIL FROM:<ann@example.net>");
                        say(socket, in, "RCPT TO:<carol@example.org>");
                        say(socket, in, "DATA");
                        say(socket, in, "Subject: hello\r\n\r\nhello\r\n.");
                        accepted.incrementAndGet();
                    }
                    say(socket, in, "QUIT");
                } catch (IOException e) {
                    dropped.incrementAndGet();
                }
            }
        }

        private void say(Socket socket, BufferedReader in, String line) throws IOException {
            socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
            demand(in);
        }

        private void demand(BufferedReader in) throws IOException {
            var reply = in.readLine();
            if (reply == null) {
                throw new EOFException("the session was ended");
            }
            if (reply.charAt(0) > '3') {
                negative.incrementAndGet();
            }
        }
    }
}
