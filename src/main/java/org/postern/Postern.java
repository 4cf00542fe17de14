package org.postern;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.postern.backend.AccountsProgram;
import org.postern.backend.TableProgram;
import org.postern.delivery.DeliveryRoom;
import org.postern.front.FrontRoom;
import org.postern.ipc.Room;
import org.postern.ipc.RoomLife;
import org.postern.keeper.KeeperRoom;
import org.postern.queue.QueueRoom;
import org.postern.supervisor.Smtpd;
import org.postern.tool.Tool;

/// The program: the server, one of its rooms or table programs, or one of its tools, as the first word says.
///
///     smtpd OPTION...             the supervisor
///     room front|queue|...        a room, started by the supervisor
///     table sqlite|ldap|... NAME  what answers for a table, started by the supervisor
///     accounts                    what asks PAM, started by the supervisor
///     smtpctl|sendmail|mailq ...  a tool
public final class Postern {
    private static final int USAGE = 64;
    private static final Path MAIL_SPOOL = Path.of("/var/mail");

    private Postern() {}

    /// Runs the program and ends the process with its exit status.
    public static void main(String[] arguments) throws IOException, InterruptedException {
        var words = List.of(arguments);
        if (words.isEmpty()) {
            System.err.println("postern: smtpd, smtpctl, sendmail or mailq expected");
            System.exit(USAGE);
        }
        var rest = words.subList(1, words.size());
        System.exit(
                switch (words.getFirst()) {
                    case "smtpd" -> Smtpd.run(rest);
                    case "room" -> room(rest);
                    case "table" -> TableProgram.run(rest);
                    case "accounts" -> AccountsProgram.run(rest);
                    default -> Tool.run(words.getFirst(), rest);
                });
    }

    private static int room(List<String> words) throws IOException {
        for (var room : Room.values()) {
            if (words.equals(List.of(room.word()))) {
                return live(room);
            }
        }
        System.err.println("postern: the supervisor starts the rooms");
        return USAGE;
    }

    private static int live(Room room) throws IOException {
        return switch (room) {
            case FRONT -> RoomLife.live(RoomLife.Network.OPEN, FrontRoom::new);
            case QUEUE -> RoomLife.live(RoomLife.Network.NONE, QueueRoom::new);
            case KEEPER -> RoomLife.live(RoomLife.Network.NONE, KeeperRoom::new);
            // What users run inherits what the room denies itself, and may need the network.
            case DELIVERY ->
                    RoomLife.live(
                            RoomLife.Network.OPEN,
                            circumstances ->
                                    new DeliveryRoom(
                                            circumstances, InstantSource.system(), MAIL_SPOOL));
        };
    }
}
