import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/// Clients that all connect at the same moment, and how long it takes until each has its greeting.
///
/// One thread and one selector, so that the clients take as little as possible of the processors that
/// the server needs too. A client that was greeted says QUIT and hangs up, as servers with a process for
/// each client could otherwise never greet them all.
///
/// `java Greet.java PORT CLIENTS SECONDS` prints the number of clients greeted and the seconds until the
/// last of them was, separated by a blank. A client whose connection is refused or closed without a
/// greeting, or that has none after SECONDS, counts as not greeted.
final class Greet {
    private static final byte[] QUIT = "QUIT\r\n".getBytes(StandardCharsets.US_ASCII);

    private final Selector selector;
    private final int clients;
    private int greeted;
    private int lost; // refused, or closed without a greeting
    private Duration last = Duration.ZERO;

    private Greet(Selector selector, int clients) {
        this.selector = selector;
        this.clients = clients;
    }

    public static void main(String[] arguments) throws IOException {
        var server =
                new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[0]));
        try (var selector = Selector.open()) {
            var greet = new Greet(selector, Integer.parseInt(arguments[1]));
            greet.run(server, Duration.ofSeconds(Long.parseLong(arguments[2])));
            System.out.printf(
                    Locale.ROOT, "%d %.2f %d%n", greet.greeted, greet.last.toMillis() / 1000.0, greet.lost);
        }
    }

    /// The sockets are made beforehand, so that what is measured begins with the first connect.
    private void run(InetSocketAddress server, Duration limit) throws IOException {
        var sockets = new SocketChannel[clients];
        for (int i = 0; i < clients; i++) {
            sockets[i] = SocketChannel.open();
            sockets[i].configureBlocking(false);
        }
        var start = Instant.now();
        for (var socket : sockets) {
            var connected = socket.connect(server);
            socket.register(selector, connected ? SelectionKey.OP_READ : SelectionKey.OP_CONNECT);
        }
        var buffer = ByteBuffer.allocateDirect(1024);
        while (greeted + lost < clients) {
            var left = limit.minus(Duration.between(start, Instant.now()));
            if (left.toMillis() <= 0) {
                return;
            }
            selector.select(key -> step(key, buffer, start), left.toMillis());
        }
    }

    private void step(SelectionKey key, ByteBuffer buffer, Instant start) {
        var socket = (SocketChannel) key.channel();
        try {
            if (key.isConnectable()) {
                socket.finishConnect();
                key.interestOps(SelectionKey.OP_READ);
                return;
            }
            buffer.clear();
            if (socket.read(buffer) < 3 || buffer.get(0) != '2') {
                lose(key);
                return;
            }
            greeted++;
            last = Duration.between(start, Instant.now());
            socket.write(ByteBuffer.wrap(QUIT));
            socket.close();
        } catch (IOException e) {
            lose(key);
        }
    }

    private void lose(SelectionKey key) {
        lost++;
        try {
            key.channel().close();
        } catch (IOException e) {
            // It was lost already.
        }
    }
}
