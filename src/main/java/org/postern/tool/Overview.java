package org.postern.tool;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.postern.control.Order;
import org.postern.ipc.Room;

/// `show status` and `show stats`: what several rooms say, put together.
final class Overview {
    private static final List<String> TRAFFIC = List.of("MDA", "MTA", "SMTP");

    private final Terminal terminal;
    private final Rooms rooms;

    Overview(Terminal terminal, Rooms rooms) {
        this.terminal = terminal;
        this.rooms = rooms;
    }

    /// Shows what is paused and which rooms run: the three lines that OpenSMTPD shows first.
    int status() throws IOException {
        var supervised = new ArrayList<String>();
        var heard =
                rooms.ask(
                        rooms.place().supervisorSocket(), new Order.ShowStatus(), supervised::add);
        if (!(heard instanceof Heard.Done)) {
            return Smtpctl.report(terminal, rooms, heard);
        }
        var told = new ArrayList<String>();
        int exit = gather(Room.QUEUE, new Order.ShowStatus(), told);
        exit |= gather(Room.FRONT, new Order.ShowStatus(), told);
        for (var traffic : TRAFFIC) {
            terminal.line(lineOf(told, traffic));
        }
        for (var line : supervised) {
            terminal.line(line);
        }
        for (var line : told) {
            if (!isTraffic(line)) {
                terminal.line(line);
            }
        }
        return exit;
    }

    private static String lineOf(List<String> told, String traffic) {
        for (var line : told) {
            if (line.toUpperCase(Locale.ROOT).startsWith(traffic + " ")) {
                return traffic + line.substring(traffic.length());
            }
        }
        return traffic + " unknown";
    }

    private static boolean isTraffic(String line) {
        for (var traffic : TRAFFIC) {
            if (line.toUpperCase(Locale.ROOT).startsWith(traffic + " ")) {
                return true;
            }
        }
        return false;
    }

    /// Shows the counters of all rooms, sorted by key, and how long the server has run.
    int stats() throws IOException {
        var told = new ArrayList<String>();
        int exit = gather(Room.QUEUE, new Order.ShowStats(), told);
        if (exit != Smtpctl.OK && told.isEmpty() && !rooms.isUp()) {
            return exit;
        }
        exit |= gather(Room.FRONT, new Order.ShowStats(), told);
        var sorted = new TreeMap<String, String>();
        for (var line : told) {
            int equals = line.indexOf('=');
            sorted.put(equals < 0 ? line : line.substring(0, equals), line);
        }
        uptime(sorted);
        for (var line : sorted.values()) {
            terminal.line(line);
        }
        return exit;
    }

    /// The server writes its pid file when it starts, and never again.
    private void uptime(Map<String, String> sorted) {
        try {
            var started = Files.getLastModifiedTime(rooms.place().run().resolve("smtpd.pid"));
            var uptime = Duration.between(started.toInstant(), Instant.now());
            long seconds = Math.max(0, uptime.toSeconds());
            sorted.put("uptime", "uptime=" + seconds);
            sorted.put("uptime.human", "uptime.human=" + human(seconds));
        } catch (IOException e) {
            terminal.complain("uptime is not known: " + e.getMessage());
        }
    }

    /// A number of seconds as `1d2h3m4s`, leaving out what is 0 at the front.
    static String human(long seconds) {
        var text = new StringBuilder();
        if (seconds >= 86_400) {
            text.append(seconds / 86_400).append('d');
        }
        if (seconds >= 3600) {
            text.append(seconds / 3600 % 24).append('h');
        }
        if (seconds >= 60) {
            text.append(seconds / 60 % 60).append('m');
        }
        return text.append(seconds % 60).append('s').toString();
    }

    private int gather(Room room, Order order, List<String> told) throws IOException {
        return Smtpctl.report(
                terminal, rooms, rooms.ask(rooms.place().controlSocket(room), order, told::add));
    }
}
