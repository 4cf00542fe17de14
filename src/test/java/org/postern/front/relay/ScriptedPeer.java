package org.postern.front.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/// A next hop that plays a script: one text for each connection, in turn.
///
///     S: what it says                     C: what it expects to hear, and compares at the end
///     [close]  [silence]  [tls]  [until another comes]
///     [raw N]  (N times the letter x, without a line end)
///
/// After the last line it hears until the client hangs up; a QUIT that the script does not mention is
/// answered and not compared.
final class ScriptedPeer implements Closeable {
    private final ServerSocket server;
    private final List<String> scripts;
    private final List<String> played = Collections.synchronizedList(new ArrayList<>());
    private final List<Socket> open = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch done;
    private final SSLContext tls;
    private final CountDownLatch visited = new CountDownLatch(1);
    private final CountDownLatch another = new CountDownLatch(1);
    private volatile int connections;

    private ScriptedPeer(ServerSocket server, SSLContext tls, String... scripts) {
        this.server = server;
        this.tls = tls;
        this.scripts = List.of(scripts);
        this.done = new CountDownLatch(scripts.length);
        for (var _ : scripts) {
            played.add("");
        }
    }

    static ScriptedPeer plays(String... scripts) throws Exception {
        return at("127.0.0.1", 0, scripts);
    }

    static ScriptedPeer at(String address, int port, String... scripts) throws Exception {
        return start(address, port, SSLContext.getDefault(), scripts);
    }

    static ScriptedPeer withTls(SSLContext tls, String... scripts) throws Exception {
        return start("127.0.0.1", 0, tls, scripts);
    }

    private static ScriptedPeer start(String address, int port, SSLContext tls, String... scripts)
            throws Exception {
        var server = new ServerSocket();
        server.setReuseAddress(true);
        server.bind(new InetSocketAddress(InetAddress.getByName(address), port), 50);
        var peer = new ScriptedPeer(server, tls, scripts);
        Thread.ofVirtual().start(peer::accept);
        return peer;
    }

    int port() {
        return server.getLocalPort();
    }

    /// Waits until a client has come.
    void visited() throws InterruptedException {
        assertEquals(true, visited.await(60, TimeUnit.SECONDS), "nobody came");
    }

    int connections() {
        return connections;
    }

    InetSocketAddress address() {
        return new InetSocketAddress(server.getInetAddress(), server.getLocalPort());
    }

    private void accept() {
        try {
            while (true) {
                var socket = server.accept();
                open.add(socket);
                int number = connections++;
                visited.countDown();
                if (number == 1) {
                    another.countDown();
                }
                if (number >= scripts.size()) {
                    socket.close();
                    continue;
                }
                Thread.ofVirtual().start(() -> serve(socket, number));
            }
        } catch (IOException e) {
            return;
        }
    }

    private void serve(Socket plain, int number) {
        var transcript = new StringBuilder();
        try (Socket socket = plain) {
            play(socket, scripts.get(number), transcript);
        } catch (IOException e) {
            transcript.append("! ").append(e.getMessage()).append('\n');
        }
        played.set(number, transcript.toString());
        done.countDown();
    }

    private void play(Socket socket, String script, StringBuilder transcript) throws IOException {
        InputStream in = new BufferedInputStream(socket.getInputStream());
        OutputStream out = new BufferedOutputStream(socket.getOutputStream());
        for (var line : script.lines().toList()) {
            if (!line.startsWith("S: ") && !line.startsWith("[raw ")) {
                out.flush();
            }
            if (line.startsWith("S: ")) {
                out.write((line.substring(3) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
                transcript.append(line).append('\n');
            } else if (line.startsWith("C: ")) {
                var heard = line(in);
                transcript.append("C: ").append(heard).append('\n');
                if (heard.equals("[hung up]")) {
                    return;
                }
            } else if (line.equals("[close]")) {
                transcript.append(line).append('\n');
                return;
            } else if (line.equals("[silence]")) {
                transcript.append(line).append('\n');
                in.transferTo(OutputStream.nullOutputStream());
                return;
            } else if (line.startsWith("[raw ")) {
                transcript.append(line).append('\n');
                out.write(
                        "x"
                                .repeat(Integer.parseInt(line.substring(5, line.length() - 1)))
                                .getBytes(StandardCharsets.ISO_8859_1));
            } else if (line.equals("[until another comes]")) {
                transcript.append(line).append('\n');
                awaitAnother();
            } else if (line.equals("[tls]")) {
                transcript.append(line).append('\n');
                var secure =
                        (SSLSocket)
                                tls.getSocketFactory().createSocket(socket, "localhost", 0, true);
                secure.setUseClientMode(false);
                secure.startHandshake();
                in = new BufferedInputStream(secure.getInputStream());
                out = new BufferedOutputStream(secure.getOutputStream());
            } else {
                throw new IllegalArgumentException(line);
            }
        }
        out.flush();
        afterwards(in, out, transcript);
    }

    private void awaitAnother() {
        try {
            assertEquals(true, another.await(60, TimeUnit.SECONDS), "no other client came");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void afterwards(InputStream in, OutputStream out, StringBuilder transcript)
            throws IOException {
        while (true) {
            String heard = line(in);
            if (heard.equals("[hung up]")) {
                return;
            }
            if (heard.equals("QUIT")) {
                out.write("221 bye\r\n".getBytes(StandardCharsets.ISO_8859_1));
                out.flush();
            } else {
                transcript.append("C: ").append(heard).append('\n');
            }
        }
    }

    private static String line(InputStream in) {
        var line = new ByteArrayOutputStream();
        try {
            for (int b = in.read(); b >= 0; b = in.read()) {
                if (b == '\n') {
                    var text = line.toString(StandardCharsets.ISO_8859_1);
                    return text.endsWith("\r")
                            ? text.substring(0, text.length() - 1)
                            : text + "[LF]";
                }
                line.write(b);
            }
        } catch (IOException e) {
            return "[hung up]";
        }
        return "[hung up]";
    }

    /// All scripts were played as they are written.
    void played() throws InterruptedException {
        boolean all = done.await(60, TimeUnit.SECONDS);
        for (int i = 0; i < scripts.size(); i++) {
            assertEquals(scripts.get(i), played.get(i), "connection " + i);
        }
        assertEquals(true, all, "some connections were never made or never ended");
        assertEquals(scripts.size(), connections, "connections");
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (var socket : List.copyOf(open)) {
            socket.close();
        }
    }
}
