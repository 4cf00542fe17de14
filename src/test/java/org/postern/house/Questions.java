package org.postern.house;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.postern.control.Order;
import org.postern.ipc.Conversation;
import org.postern.ipc.Deadlines;
import org.postern.ipc.Hearing;
import org.postern.ipc.Place;
import org.postern.ipc.Room;

/// Asks a running server what would become of a recipient, as `smtpctl explain` does, but many in
/// one process.
final class Questions implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Pattern PATH = Pattern.compile("<[^>]*>");
    private static final String ACCEPTED = "accepted";

    private final Conversation<Order, Order.Answer> conversation;

    /// Questions to a server.
    Questions(House house) throws IOException {
        var socket = Place.below(house.root()).controlSocket(Room.FRONT);
        conversation =
                new Conversation<>(
                        Hearing.connect(socket), Order.frames(), Order.answers(), new Deadlines());
    }

    /// An explanation.
    ///
    /// @param verdict `accepted`, or the reply that a client would get
    record Told(List<String> lines, String verdict) {
        Told {
            lines = List.copyOf(lines);
        }
    }

    /// Whether a reply is one to an address that a client could name: no line was malformed before
    /// it, and neither parameters nor a listener of another name play a part.
    static boolean canBeAsked(Triple triple, String reply) {
        return Character.isDigit(reply.charAt(0))
                && !reply.startsWith("50")
                && !reply.startsWith("555")
                && PATH.matcher(triple.sender()).matches()
                && PATH.matcher(triple.recipient()).matches()
                && triple.recipient().contains("@");
    }

    /// What is in common between a reply and an explanation.
    static String verdict(String reply) {
        return reply.startsWith("250") ? ACCEPTED : reply;
    }

    /// The listener's name is the tag, but for the first, which has none.
    Told ask(Triple triple) throws IOException {
        var tag = triple.listener().equals("A") ? "" : triple.listener();
        conversation.say(
                new Order.Explain(
                        triple.recipient(),
                        new Order.Client(
                                triple.client(),
                                "",
                                triple.helo(),
                                tag,
                                triple.sender(),
                                "",
                                Order.Channel.CLEAR)));
        var lines = new ArrayList<String>();
        while (true) {
            switch (conversation.hear(PATIENCE)) {
                case Order.Answer.Line(var text) -> lines.add(text);
                case Order.Answer.Done _ -> {
                    return new Told(lines, ACCEPTED);
                }
                case Order.Answer.Refused(var why) -> {
                    return new Told(lines, why);
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        conversation.close();
    }
}
