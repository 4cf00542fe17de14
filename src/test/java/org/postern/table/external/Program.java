package org.postern.table.external;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/// A table program as a test wants it: started anew for each connection, good or bad.
final class Program implements AutoCloseable {
    /// What a program does with one connection; when it returns, the connection ends.
    interface Deed {
        void speak(Talk talk) throws Exception;
    }

    /// One connection, as the program sees it.
    static final class Talk {
        private final BufferedReader reader;
        private final OutputStream output;
        private final int number;

        private Talk(SocketChannel channel, int number) {
            this.reader =
                    new BufferedReader(
                            new InputStreamReader(
                                    Channels.newInputStream(channel), StandardCharsets.ISO_8859_1));
            this.output = Channels.newOutputStream(channel);
            this.number = number;
        }

        /// How many connections there were before.
        int number() {
            return number;
        }

        /// The next line that is said to the program.
        String hear() throws IOException {
            var line = reader.readLine();
            if (line == null) {
                throw new ClosedChannelException();
            }
            return line;
        }

        void say(String line) throws IOException {
            output.write((line + "\n").getBytes(StandardCharsets.ISO_8859_1));
        }

        /// Greets properly, as one that serves these.
        Talk greet(String... services) throws IOException {
            while (!hear().equals("config|ready")) {
                // Who speaks does not matter here.
            }
            for (var service : services) {
                say("register|" + service);
            }
            say("register|ready");
            return this;
        }

        /// The next request, by its fields.
        String[] request() throws IOException {
            return hear().split("\\|", 8);
        }

        /// The id of a request.
        static String id(String[] request) {
            return request[4].equals("update") ? request[5] : request[6];
        }
    }

    private final ServerSocketChannel server;
    private final Path socket;
    private final AtomicInteger count = new AtomicInteger();
    private final List<String> heard = new CopyOnWriteArrayList<>();

    private Program(ServerSocketChannel server, Path socket) {
        this.server = server;
        this.socket = socket;
    }

    static Program doing(Path folder, Deed deed) throws IOException {
        var socket = folder.resolve("s" + System.nanoTime());
        var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        var program = new Program(server, socket);
        Thread.ofVirtual().start(() -> program.accept(deed));
        return program;
    }

    private void accept(Deed deed) {
        try {
            while (true) {
                var channel = server.accept();
                int number = count.getAndIncrement();
                Thread.ofVirtual().start(() -> serve(channel, deed, number));
            }
        } catch (IOException e) {
            // The test is over.
        }
    }

    private void serve(SocketChannel channel, Deed deed, int number) {
        try (channel) {
            deed.speak(new Talk(channel, number));
        } catch (Exception e) {
            heard.add("ended: " + e);
        }
    }

    SocketChannel connect() throws IOException {
        var channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(socket));
        return channel;
    }

    /// How many connections there were.
    int connections() {
        return count.get();
    }

    List<String> heard() {
        return new ArrayList<>(heard);
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
