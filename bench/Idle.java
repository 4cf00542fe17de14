import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/// Clients that say EHLO and then nothing more.
///
/// `java Idle.java PORT CLIENTS plain|tls` connects them, at most 50 at a time, prints how many are
/// there, and keeps them until standard input ends. With `tls` the port speaks TLS from the first
/// byte.
final class Idle {
    private static final int AT_ONCE = 50;

    private final int port;
    private final String kind;
    private final SSLContext context;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();

    private Idle(int port, String kind) throws Exception {
        this.port = port;
        this.kind = kind;
        context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new Anyone()}, null);
    }

    public static void main(String[] arguments) throws Exception {
        var idle = new Idle(Integer.parseInt(arguments[0]), arguments[2]);
        System.out.println(idle.connect(Integer.parseInt(arguments[1])));
        while (System.in.read() >= 0) {
            // They wait.
        }
    }

    private int connect(int clients) throws InterruptedException {
        var places = new Semaphore(AT_ONCE);
        var over = new CountDownLatch(clients);
        var there = new AtomicInteger();
        for (int i = 0; i < clients; i++) {
            places.acquire();
            Thread.ofVirtual()
                    .start(
                            () -> {
                                try {
                                    connect();
                                    there.incrementAndGet();
                                } catch (IOException e) {
                                    System.err.println(e);
                                } finally {
                                    places.release();
                                    over.countDown();
                                }
                            });
        }
        over.await();
        return there.get();
    }

    private void connect() throws IOException {
        var address = InetAddress.getLoopbackAddress();
        var socket =
                kind.equals("tls")
                        ? context.getSocketFactory().createSocket(address, port)
                        : new Socket(address, port);
        sockets.add(socket);
        if (kind.equals("silent")) {
            return;
        }
        socket.setSoTimeout(60_000);
        var in =
                new BufferedReader(
                        new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII),
                        256);
        hear(in);
        socket.getOutputStream()
                .write("EHLO client.example.org\r\n".getBytes(StandardCharsets.US_ASCII));
        hear(in);
    }

    private static void hear(BufferedReader in) throws IOException {
        var line = in.readLine();
        while (line != null && line.startsWith("-", 3)) {
            line = in.readLine();
        }
        if (line == null || !line.startsWith("2")) {
            throw new IOException("heard: " + line);
        }
    }

    /// Takes anyone for the server.
    private static final class Anyone implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
