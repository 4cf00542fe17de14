package org.postern.tool;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.postern.control.ControlPoint;
import org.postern.control.Order;
import org.postern.ipc.Conversation;
import org.postern.ipc.Deadlines;
import org.postern.ipc.Hearing;
import org.postern.ipc.Place;

/// The rooms of one server, as `smtpctl` speaks to them: each order goes straight to the room that
/// owns the answer.
final class Rooms {
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    /// How far the time at which a process was born may be from that of a file it has written.
    private static final Duration ROUNDING = Duration.ofSeconds(2);

    private static final Duration LOOK = Duration.ofMillis(100);

    private final Place place;
    private final Deadlines deadlines = new Deadlines();

    Rooms(Place place) {
        this.place = place;
    }

    /// Where the server lies.
    Place place() {
        return place;
    }

    /// Gives `order` to whoever hears on `socket`, and passes on each line of the answer.
    ///
    /// @throws IOException only if `lines` does
    Heard ask(Path socket, Order order, ControlPoint.Lines lines) throws IOException {
        SocketChannel channel;
        try {
            channel = Hearing.connect(socket);
        } catch (IOException e) {
            return mayNot(e) ? new Heard.NotPermitted() : new Heard.NotRunning();
        }
        try (var conversation =
                new Conversation<>(channel, Order.frames(), Order.answers(), deadlines)) {
            return converse(conversation, order, lines);
        }
    }

    private Heard converse(
            Conversation<Order, Order.Answer> conversation, Order order, ControlPoint.Lines lines)
            throws IOException {
        long heard = 0;
        while (true) {
            Order.Answer answer;
            try {
                if (heard == 0) {
                    conversation.say(order);
                }
                answer = conversation.hear(PATIENCE);
            } catch (IOException e) {
                return heard == 0 && isStranger()
                        ? new Heard.NotPermitted()
                        : new Heard.Lost(String.valueOf(e.getMessage()));
            }
            heard++;
            switch (answer) {
                case Order.Answer.Line(var text) -> lines.line(text);
                case Order.Answer.Done(var count) -> {
                    return new Heard.Done(count);
                }
                case Order.Answer.Refused(var why) -> {
                    return new Heard.Refused(why);
                }
            }
        }
    }

    /// Does the supervisor hear, though a room may not?
    boolean isUp() {
        try (var channel = Hearing.connect(place.supervisorSocket())) {
            return channel.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /// Is the server's process alive? Its sockets are the last that it makes.
    boolean isAlive() {
        var file = place.run().resolve("smtpd.pid");
        try {
            var written = Files.getLastModifiedTime(file).toInstant();
            long pid = Long.parseLong(Files.readString(file, US_ASCII).strip());
            // The file outlives the server, and its number may be another's now: one who came
            // after the file was written.
            return ProcessHandle.of(pid)
                    .flatMap(process -> process.info().startInstant())
                    .filter(born -> born.isBefore(written.plus(ROUNDING)))
                    .isPresent();
        } catch (IOException | NumberFormatException e) {
            return false;
        }
    }

    /// Connects to where every user of this machine hands in mail. While the server starts, or its
    /// front is being started again, it waits, at most `patience`.
    ///
    /// @throws IOException saying why nobody hears there
    SocketChannel reachFront(Duration patience) throws IOException {
        var socket = place.wellKnownSocket();
        long end = System.nanoTime() + patience.toNanos();
        while (true) {
            try {
                return Hearing.connect(socket);
            } catch (IOException e) {
                if (!isAlive()) {
                    throw new IOException(
                            "smtpd is not running (nobody hears on " + socket + ")", e);
                }
                if (System.nanoTime() - end >= 0) {
                    throw new IOException("smtpd is still starting, or stopping", e);
                }
            }
            pause();
        }
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(LOOK);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static boolean mayNot(IOException e) {
        return String.valueOf(e.getMessage()).contains("Permission denied")
                || String.valueOf(e.getMessage()).contains("not permitted");
    }

    /// Is the caller neither root nor the owner of the server? Whom a room does not hear it leaves
    /// without a word.
    private boolean isStranger() {
        try {
            var self = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
            return !self.equals(0) && !self.equals(Files.getAttribute(place.run(), "unix:uid"));
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }
}
