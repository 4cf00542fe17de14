package org.postern.front;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postern.Ports;
import org.postern.config.Config;
import org.postern.config.Host;
import org.postern.config.Sources;
import org.postern.control.Order;
import org.postern.ipc.Conversation;
import org.postern.ipc.Deadlines;
import org.postern.ipc.Hearing;
import org.postern.ipc.Leash;
import org.postern.ipc.Place;
import org.postern.ipc.Room;
import org.postern.ipc.RoomLife;
import org.postern.ipc.Users;
import org.postern.log.Log;
import org.postern.mail.Chunk;

/// The room wired as it runs, alone in the house.
class FrontRoomTest {
    private final Deadlines deadlines = new Deadlines();

    @Test
    void itGreetsAndWithoutAQueueRefusesForNow(@TempDir Path directory) throws Exception {
        int port = Ports.free();
        var room = room(directory, port, Set.of());
        room.start();
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(20_000);
            var heard = say(socket, "HELO localhost\r\nMAIL FROM:<a@example.net>\r\nQUIT\r\n");
            Assertions.assertEquals(
                    List.of(
                            "220 mx.example.org ESMTP Postern",
                            "250 mx.example.org Hello localhost [127.0.0.1], pleased to meet you",
                            "451 4.3.0 Temporary failure",
                            "221 2.0.0 Bye"),
                    heard);
        } finally {
            room.stop(Duration.ofSeconds(1));
        }
    }

    @Test
    void mailInIsPausedAndResumedByOrder(@TempDir Path directory) throws Exception {
        var room = room(directory, Ports.free(), Set.of(Leash.Lane.SMTP));
        room.start();
        try {
            Assertions.assertEquals(
                    List.of("Line[text=SMTP paused]", "Done[count=1]"),
                    order(directory, new Order.ShowStatus()));
            Assertions.assertEquals(
                    List.of("Done[count=1]"),
                    order(directory, new Order.Resume(Order.Traffic.SMTP)));
            Assertions.assertEquals(
                    List.of("Refused[why=smtp is resumed already]"),
                    order(directory, new Order.Resume(Order.Traffic.SMTP)));
            Assertions.assertEquals(
                    List.of("Refused[why=that is not an order for front]"),
                    order(directory, new Order.Pause(Order.Traffic.MTA)));
            Assertions.assertTrue(
                    order(directory, new Order.ShowStats()).contains("Line[text=smtp.session=0]"));
        } finally {
            room.stop(Duration.ofSeconds(1));
        }
    }

    @Test
    void aRecipientIsExplainedByOrder(@TempDir Path directory) throws Exception {
        var room = room(directory, Ports.free(), Set.of());
        room.start();
        try {
            Assertions.assertEquals(
                    List.of(
                            "Line[text=mail from=<> to=<bob@mx.example.org> client=127.0.0.9"
                                    + " name=a.example helo=\"\" tag=\"\"]",
                            "Line[text=bob@mx.example.org: the rules are asked]",
                            "Line[text=    smtpd.conf:3: match from any for local action"
                                    + " \"inbox\"]",
                            "Line[text=      from any: holds]",
                            "Line[text=      for local: holds (mx.example.org)]",
                            "Line[text=bob@mx.example.org: smtpd.conf:3 matches: action"
                                    + " \"inbox\" (maildir \"~/Maildir\")]"),
                    order(directory, explain("bob", "127.0.0.9")).subList(0, 6));
            Assertions.assertEquals(
                    "Refused[why=550 5.1.1 Invalid recipient: <bob@b.example>]",
                    order(directory, explain("bob@b.example", "127.0.0.9")).getLast());
            Assertions.assertEquals(
                    List.of(
                            "Refused[why=not an address: here; it is 192.0.2.1, 2001:db8::1, or"
                                    + " local for the local socket]"),
                    order(directory, explain("bob", "here")));
            Assertions.assertEquals(
                    List.of("Refused[why=not a recipient: bob@]"),
                    order(directory, explain("bob@", "local")));
        } finally {
            room.stop(Duration.ofSeconds(1));
        }
    }

    private static Order explain(String recipient, String address) {
        return new Order.Explain(
                recipient,
                new Order.Client(address, "a.example", "", "", "", "", Order.Channel.CLEAR));
    }

    private FrontRoom room(Path directory, int port, Set<Leash.Lane> paused) throws Exception {
        var place = Place.below(directory);
        for (var room : Room.values()) {
            Files.createDirectories(place.roomDirectory(room));
        }
        var text =
                """
                listen on 127.0.0.1 port %d
                action "inbox" maildir
                match from any for local action "inbox"
                """
                        .formatted(port);
        var config =
                Config.parse(
                        Sources.of(
                                "smtpd.conf",
                                text,
                                new Host("mx.example.org", List.of("127.0.0.1"))));
        return new FrontRoom(
                new RoomLife.Circumstances(
                        place,
                        config,
                        Log.silent(),
                        deadlines,
                        users(),
                        paused,
                        org.postern.ipc.Leash.Arrival.ALONE,
                        Chunk.EMPTY));
    }

    private static Users users() throws IOException {
        var me = Files.getOwner(Path.of("/proc/self"));
        var rooms = new EnumMap<Room, UserPrincipal>(Room.class);
        for (var room : Room.values()) {
            rooms.put(room, me);
        }
        return new Users(rooms, me);
    }

    private List<String> order(Path directory, Order order) throws IOException {
        var socket = Place.below(directory).controlSocket(Room.FRONT);
        var answers = new ArrayList<String>();
        try (var conversation =
                new Conversation<>(
                        Hearing.connect(socket), Order.frames(), Order.answers(), deadlines)) {
            conversation.say(order);
            while (answers.isEmpty() || answers.getLast().startsWith("Line")) {
                answers.add(conversation.hear(Duration.ofSeconds(20)).toString());
            }
        }
        return answers;
    }

    private static List<String> say(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        var in =
                new BufferedReader(
                        new InputStreamReader(
                                socket.getInputStream(), StandardCharsets.ISO_8859_1));
        return in.lines().toList();
    }
}
