package org.postern.control;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import org.postern.ipc.Conversation;
import org.postern.ipc.Deadlines;
import org.postern.ipc.Frames;
import org.postern.ipc.Hearing;

/// The control socket of a room: hears orders and has them carried out, one at a time for each
/// connection.
public final class ControlPoint implements Hearing.Hearer {
    /// Carries out the orders of one room.
    @FunctionalInterface
    public interface Room {
        /// Carries out `order`, telling `lines` what there is to show.
        ///
        /// @return `Done` or `Refused`
        Order.Answer carryOut(Order order, Lines lines) throws IOException;
    }

    /// Takes the lines of an answer.
    @FunctionalInterface
    public interface Lines {
        /// Sends one line.
        void line(String text) throws IOException;
    }

    private final Room room;
    private final Deadlines deadlines;
    private final Frames<Order> orders = Order.frames();
    private final Frames<Order.Answer> answers = Order.answers();

    /// A control point at which `room` hears.
    public ControlPoint(Room room, Deadlines deadlines) {
        this.room = room;
        this.deadlines = deadlines;
    }

    @Override
    public void hear(SocketChannel channel, java.nio.file.attribute.UserPrincipal peer)
            throws IOException {
        var conversation = new Conversation<>(channel, answers, orders, deadlines);
        while (true) {
            var order = conversation.hearWhenever();
            conversation.say(
                    room.carryOut(order, line -> conversation.say(new Order.Answer.Line(line))));
            conversation.flush();
        }
    }
}
