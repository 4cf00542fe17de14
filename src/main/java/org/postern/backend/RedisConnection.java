package org.postern.backend;

import java.io.Closeable;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A connection to a Redis server, speaking version 2 of its protocol (RESP). Used by one thread at
/// a time; after an exception it is of no more use.
final class RedisConnection implements Closeable {
    private static final long CONNECT = TimeUnit.SECONDS.toNanos(3);
    private static final long REPLY = TimeUnit.SECONDS.toNanos(4);
    private static final int LONGEST_LINE = 64 * 1024;
    private static final int LONGEST_TEXT = 1 << 20;
    private static final int MOST_ELEMENTS = 10_000;

    private final SocketChannel channel;
    private final Selector selector;
    private final SelectionKey key;
    private final ByteBuffer input = ByteBuffer.allocate(16 * 1024).flip();
    private long deadline;

    /// What the server says.
    sealed interface Reply {
        record Nil() implements Reply {}

        record Text(String text) implements Reply {}

        record Figure(long number) implements Reply {}

        record Fault(String text) implements Reply {}

        record Array(List<Reply> elements) implements Reply {
            public Array {
                elements = List.copyOf(elements);
            }
        }
    }

    private RedisConnection(SocketChannel channel, Selector selector) throws IOException {
        this.channel = channel;
        this.selector = selector;
        channel.configureBlocking(false);
        this.key = channel.register(selector, 0);
    }

    static RedisConnection open(SocketAddress address) throws IOException {
        var channel =
                address instanceof UnixDomainSocketAddress
                        ? SocketChannel.open(StandardProtocolFamily.UNIX)
                        : SocketChannel.open();
        try {
            var connection = new RedisConnection(channel, Selector.open());
            connection.deadline = System.nanoTime() + CONNECT;
            if (!channel.connect(address)) {
                while (!channel.finishConnect()) {
                    connection.await(SelectionKey.OP_CONNECT);
                }
            }
            return connection;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private void await(int operation) throws IOException {
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (left <= 0) {
            throw new SocketTimeoutException("no answer in time");
        }
        key.interestOps(operation);
        selector.select(left);
        selector.selectedKeys().clear();
    }

    /// Sends a command and waits for its reply.
    Reply ask(List<String> words) throws IOException {
        deadline = System.nanoTime() + REPLY;
        var command = new StringBuilder("*" + words.size() + "\r\n");
        for (var word : words) {
            command.append('$').append(word.length()).append("\r\n").append(word).append("\r\n");
        }
        var bytes = ByteBuffer.wrap(command.toString().getBytes(StandardCharsets.ISO_8859_1));
        while (bytes.hasRemaining()) {
            if (channel.write(bytes) == 0) {
                await(SelectionKey.OP_WRITE);
            }
        }
        return read();
    }

    private Reply read() throws IOException {
        var line = line();
        if (!line.startsWith("*")) {
            return element(line);
        }
        int count = number(line, MOST_ELEMENTS);
        if (count < 0) {
            return new Reply.Nil();
        }
        var elements = new ArrayList<Reply>();
        for (int i = 0; i < count; i++) {
            elements.add(element(line()));
        }
        return new Reply.Array(elements);
    }

    private Reply element(String line) throws IOException {
        var rest = line.isEmpty() ? "" : line.substring(1);
        return switch (line.isEmpty() ? ' ' : line.charAt(0)) {
            case '+' -> new Reply.Text(rest);
            case '-' -> new Reply.Fault(rest);
            case ':' -> new Reply.Figure(number(line, Integer.MAX_VALUE));
            case '$' -> text(number(line, LONGEST_TEXT));
            case '*' -> throw new IOException("an array in an array");
            default -> throw new IOException("it does not speak the protocol of Redis");
        };
    }

    private static int number(String line, int most) throws IOException {
        if (!line.substring(1).matches("-?[0-9]{1,10}")) {
            throw new IOException("not a number: " + line);
        }
        long number = Long.parseLong(line.substring(1));
        if (number > most) {
            throw new IOException("more than can be taken: " + line);
        }
        return (int) number;
    }

    private Reply text(int length) throws IOException {
        if (length < 0) {
            return new Reply.Nil();
        }
        var text = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            text.append(octet());
        }
        if (octet() != '\r' || octet() != '\n') {
            throw new IOException("a text without its end");
        }
        return new Reply.Text(text.toString());
    }

    private String line() throws IOException {
        var line = new StringBuilder();
        for (char c = octet(); c != '\n'; c = octet()) {
            if (line.length() == LONGEST_LINE) {
                throw new IOException("an endless line");
            }
            line.append(c);
        }
        if (line.isEmpty() || line.charAt(line.length() - 1) != '\r') {
            throw new IOException("a line without its end");
        }
        return line.substring(0, line.length() - 1);
    }

    private char octet() throws IOException {
        while (!input.hasRemaining()) {
            input.clear();
            int got = channel.read(input);
            input.flip();
            if (got < 0) {
                throw new IOException("the server hung up");
            }
            if (got == 0) {
                await(SelectionKey.OP_READ);
            }
        }
        return (char) (input.get() & 0xff);
    }

    @Override
    public void close() {
        try {
            channel.close();
            selector.close();
        } catch (IOException e) {
            // It is gone either way.
        }
    }
}
