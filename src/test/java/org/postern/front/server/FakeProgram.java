package org.postern.front.server;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.postern.config.FilterProcess;
import org.postern.config.FilterProcess.Side;
import org.postern.ipc.Place;

/// A filter program as a thread: it registers, and answers each line by other lines. `SID` and
/// `TOKEN` in those are those of the line.
public final class FakeProgram implements Closeable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ServerSocketChannel server;
    private final List<String> register;
    private final Function<String, List<String>> answers;
    private final List<String> greeting = new CopyOnWriteArrayList<>();

    /// Guarded by itself; whoever waits for a line is woken by each.
    private final List<String> heard = new ArrayList<>();

    /// The program of `filter NAME proc-exec "COMMAND"` in a server below `root`.
    FakeProgram(
            Path root, String name, List<String> register, Function<String, List<String>> answers)
            throws IOException {
        this(root, name, Set.of(), register, answers);
    }

    /// The same, of a configuration in which it has to do with the sessions of these sides.
    public FakeProgram(
            Path root,
            String name,
            Set<Side> sides,
            List<String> register,
            Function<String, List<String>> answers)
            throws IOException {
        this.register = register;
        this.answers = answers;
        var place = Place.below(root);
        Files.createDirectories(place.filters());
        var key = new FilterProcess.Key(name, "x", "", "", "", sides);
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(place.filterSocket(key)));
        Thread.ofVirtual().start(this::serve);
    }

    private void serve() {
        while (server.isOpen()) {
            try (var channel = server.accept()) {
                converse(channel);
            } catch (IOException e) {
                // Whoever called has hung up, or the test is over.
            }
        }
    }

    private void converse(SocketChannel channel) throws IOException {
        var in =
                new BufferedReader(
                        new InputStreamReader(
                                Channels.newInputStream(channel), StandardCharsets.ISO_8859_1));
        for (var line = in.readLine(); line != null; line = in.readLine()) {
            greeting.add(line);
            if (line.equals("config|ready")) {
                break;
            }
        }
        for (var line : register) {
            say(channel, "register|" + line);
        }
        say(channel, "register|ready");
        for (var line = in.readLine(); line != null; line = in.readLine()) {
            hear(line);
            var words = line.split("\\|", -1);
            for (var answer : answers.apply(line)) {
                if (answer.equals("DIE")) {
                    return;
                }
                say(
                        channel,
                        answer.replace("SID", words[5])
                                .replace("TOKEN", words.length > 6 ? words[6] : ""));
            }
        }
    }

    private void hear(String line) {
        synchronized (heard) {
            heard.add(line);
            heard.notifyAll();
        }
    }

    private static void say(SocketChannel channel, String line) throws IOException {
        var bytes = ByteBuffer.wrap((line + '\n').getBytes(StandardCharsets.ISO_8859_1));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /// What it was told before it registered.
    public List<String> greeting() {
        return greeting;
    }

    /// What it heard, without what is the same everywhere or different each time. A session's end
    /// does not mean that its last lines have come, so this waits for so many lines.
    public List<String> heard(int lines) throws InterruptedException {
        synchronized (heard) {
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (heard.size() < lines && System.nanoTime() - end < 0) {
                heard.wait(100);
            }
            return heard.stream().map(FakeProgram::essence).toList();
        }
    }

    private static String essence(String line) {
        return line.replaceFirst(
                        "^(report|filter)\\|0\\.7\\|\\d+\\.\\d{6}\\|smtp-(?:in|out)\\|", "$1 ")
                .replaceFirst("\\|[0-9a-f]{16}", "|S")
                .replaceFirst("^(filter [a-z-]+\\|S)\\|[0-9a-f]{16}", "$1");
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
