package org.postern.house;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import org.postern.control.Order;
import org.postern.ipc.Conversation;
import org.postern.ipc.Deadlines;
import org.postern.ipc.Hearing;
import org.postern.ipc.Place;

/// Orders reloads of a house over one conversation, between configurations of which everything has
/// their name in it: greeting, tag, tables, rule, action and mailbox.
final class Reloader implements AutoCloseable {
    private static final Deadlines DEADLINES = new Deadlines();

    private final Conversation<Order, Order.Answer> supervisor;

    /// Connects to the supervisor.
    Reloader(House house) throws IOException {
        var socket = Place.below(house.root()).supervisorSocket();
        supervisor =
                new Conversation<>(
                        Hearing.connect(socket), Order.frames(), Order.answers(), DEADLINES);
    }

    /// The configuration of that name.
    static String config(String name) {
        return """
        listen on 127.0.0.1 port @PORT@ hostname "NAME.example.org" tag "NAME"
        smtp limit max-mails 100000
        table people { carol = "4321:4321:@ROOT@/home" }
        table domains-NAME { "example.org" }
        action "NAME" maildir "@ROOT@/home/NAME" userbase <people>
        match tag "NAME" from any for domain <domains-NAME> action "NAME"
        """
                .replace("NAME", name);
    }

    /// A plot with the configuration `one`, and a home for its mailboxes.
    static House.Plot plot() throws Exception {
        SystemUsers.exist();
        var plot = House.plot(config("one"));
        var home = Files.createDirectory(plot.root().resolve("home"));
        Files.setAttribute(home, "unix:uid", 4321);
        Files.setAttribute(home, "unix:gid", 4321);
        return plot;
    }

    /// Puts another configuration in the place of the present one.
    static void write(House.Plot plot, String config) throws IOException {
        plot.file("smtpd.conf.new", config);
        var etc = plot.root().resolve("etc");
        Files.move(
                etc.resolve("smtpd.conf.new"),
                etc.resolve("smtpd.conf"),
                StandardCopyOption.ATOMIC_MOVE);
    }

    /// The answer to one reload, without what it shows.
    Order.Answer reload() throws IOException {
        supervisor.say(new Order.Reload());
        while (true) {
            var answer = supervisor.hear(Duration.ofSeconds(100));
            if (!(answer instanceof Order.Answer.Line)) {
                return answer;
            }
        }
    }

    /// Does the house greet by the configuration of that name?
    static boolean isGreetedBy(House house, String name) {
        try (var client = house.client()) {
            return client.hear().startsWith("220 " + name + ".");
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        supervisor.close();
    }
}
