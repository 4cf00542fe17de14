package org.postern.house;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/// Clients that connect by TLS, hear the greeting and hang up, on and on until they are told to
/// end.
final class ShakingLoad implements AutoCloseable {
    private final int port;
    private final SSLContext context;
    private final List<Thread> clients = new ArrayList<>();
    private final List<String> troubles = new CopyOnWriteArrayList<>();
    private final Set<BigInteger> shown = ConcurrentHashMap.newKeySet();
    private volatile boolean over;

    ShakingLoad(int port, int count) throws Exception {
        this.port = port;
        this.context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new Anyone()}, new SecureRandom());
        for (int i = 0; i < count; i++) {
            clients.add(Thread.ofPlatform().start(this::shakeOnAndOn));
        }
    }

    private void shakeOnAndOn() {
        while (!over) {
            try {
                shake();
            } catch (IOException e) {
                troubles.add(e.toString());
            }
        }
    }

    private void shake() throws IOException {
        var here = InetAddress.getLoopbackAddress();
        try (var socket = (SSLSocket) context.getSocketFactory().createSocket(here, port)) {
            socket.setSoTimeout(60_000);
            var in =
                    new BufferedReader(
                            new InputStreamReader(
                                    socket.getInputStream(), StandardCharsets.US_ASCII));
            var line = in.readLine();
            if (line == null || !line.startsWith("220 ")) {
                throw new IOException("no greeting: " + line);
            }
            var certificate = (X509Certificate) socket.getSession().getPeerCertificates()[0];
            shown.add(certificate.getSerialNumber());
        }
    }

    /// Has a client been shown that certificate?
    boolean hasSeen(X509Certificate certificate) {
        return shown.contains(certificate.getSerialNumber());
    }

    /// What went wrong so far.
    List<String> troubles() {
        return List.copyOf(troubles);
    }

    @Override
    public void close() throws InterruptedException {
        over = true;
        for (var client : clients) {
            client.join();
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
