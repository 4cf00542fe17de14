package org.postern.tool;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.postern.control.ControlPoint;
import org.postern.control.Order;
import org.postern.ipc.Place;
import org.postern.ipc.Room;
import org.postern.log.Log;
import org.postern.mail.EnvelopeId;
import org.postern.mail.MessageId;

/// `smtpctl`: orders to a running server.
final class Smtpctl {
    static final int OK = 0;
    static final int FAILED = 1;
    static final int TRY_LATER = 75;
    static final int USAGE = 255;

    private final Terminal terminal;
    private final Rooms rooms;

    /// A control tool for the server at `place`.
    Smtpctl(Terminal terminal, Place place) {
        this.terminal = terminal;
        this.rooms = new Rooms(place);
    }

    /// Runs `smtpctl` with these arguments: `[-R dir] command ...`. A private server may also be
    /// named by `place`.
    ///
    /// @return the exit status: 0, 1 (it was not done), 75 (explained: later), 255 (no such
    ///   command)
    static int run(Terminal terminal, Place place, List<String> arguments) throws IOException {
        var chosen = place;
        int first = 0;
        while (first < arguments.size() && arguments.get(first).startsWith("-")) {
            var option = arguments.get(first++);
            if (option.equals("-R") && first < arguments.size()) {
                chosen = Place.below(Path.of(arguments.get(first++)));
            } else if (option.startsWith("-R") && option.length() > 2) {
                chosen = Place.below(Path.of(option.substring(2)));
            } else {
                terminal.note("usage: smtpctl [-R dir] command [argument ...]");
                return USAGE;
            }
        }
        var words = arguments.subList(first, arguments.size());
        return switch (Command.parse(words)) {
            case Command.Run(var verb, var operands) ->
                    new Smtpctl(terminal, chosen).carryOut(verb, operands);
            case Command.Wrong wrong -> explain(terminal, wrong, words);
        };
    }

    private static int explain(Terminal terminal, Command.Wrong wrong, List<String> words) {
        if (!words.isEmpty()) {
            var said = String.join(" ", words);
            terminal.complain(
                    switch (wrong.fault()) {
                        case INVALID -> "invalid command: " + said;
                        case AMBIGUOUS -> "ambiguous command: " + said;
                        case INCOMPLETE -> "incomplete command: " + said;
                    });
        }
        terminal.note("possibilities are:");
        for (var verb : wrong.possibilities()) {
            terminal.note("\t" + verb.usage());
        }
        return USAGE;
    }

    /// Carries out one command.
    int carryOut(Verb verb, List<String> operands) throws IOException {
        return switch (verb) {
            case SHOW_QUEUE -> show(new Order.ShowQueue(new Order.Selection.All()));
            case SHOW_QUEUE_OF -> show(new Order.ShowQueue(selection(operands)));
            case SHOW_ENVELOPE -> show(new Order.ShowEnvelope(envelope(operands.getFirst())));
            case SHOW_MESSAGE -> showMessage(message(operands.getFirst()));
            case SHOW_STATUS -> new Overview(terminal, rooms).status();
            case SHOW_STATS -> new Overview(terminal, rooms).stats();
            case SCHEDULE -> count(new Order.Schedule(selection(operands)), "scheduled");
            case REMOVE -> count(new Order.Remove(selection(operands)), "removed");
            case REROUTE -> count(new Order.Reroute(selection(operands)), "to be routed again");
            case PAUSE_ENVELOPE -> count(new Order.Hold(selection(operands)), "paused");
            case RESUME_ENVELOPE -> count(new Order.Release(selection(operands)), "resumed");
            case PAUSE_MDA -> toggle(queue(), new Order.Pause(Order.Traffic.MDA));
            case PAUSE_MTA -> toggle(queue(), new Order.Pause(Order.Traffic.MTA));
            case PAUSE_SMTP -> toggle(front(), new Order.Pause(Order.Traffic.SMTP));
            case RESUME_MDA -> toggle(queue(), new Order.Resume(Order.Traffic.MDA));
            case RESUME_MTA -> toggle(queue(), new Order.Resume(Order.Traffic.MTA));
            case RESUME_SMTP -> toggle(front(), new Order.Resume(Order.Traffic.SMTP));
            case RELOAD -> reload();
            case LOG_BRIEF -> toggle(supervisor(), new Order.LogBrief());
            case LOG_JSON -> toggle(supervisor(), new Order.LogAs(Log.Form.JSON));
            case LOG_TEXT -> toggle(supervisor(), new Order.LogAs(Log.Form.TEXT));
            case LOG_VERBOSE -> toggle(supervisor(), new Order.LogVerbose());
            case TRACE -> toggle(supervisor(), new Order.Trace(operands.getFirst()));
            case UPDATE_TABLE -> toggle(front(), new Order.UpdateTable(operands.getFirst()));
            case UNTRACE -> toggle(supervisor(), new Order.Untrace(operands.getFirst()));
            case EXPLAIN -> explain(operands);
            case ENCRYPT, ENCRYPT_STRING -> new Encrypt(terminal).run(operands);
            case ENCRYPT_SCRAM, ENCRYPT_SCRAM_STRING -> new Encrypt(terminal).scram(operands);
            case DISCOVER,
                    MONITOR,
                    PAUSE_MTA_FROM,
                    PROFILE,
                    RESUME_MTA_FROM,
                    RESUME_ROUTE,
                    SHOW_HOSTS,
                    SHOW_HOSTSTATS,
                    SHOW_MTA_PAUSED,
                    SHOW_RELAYS,
                    SHOW_ROUTES,
                    SPF_WALK,
                    UNPROFILE -> {
                terminal.complain("\"" + verb.title() + "\" is not supported yet");
                yield FAILED;
            }
        };
    }

    private Path queue() {
        return rooms.place().controlSocket(Room.QUEUE);
    }

    private Path front() {
        return rooms.place().controlSocket(Room.FRONT);
    }

    private Path supervisor() {
        return rooms.place().supervisorSocket();
    }

    private int show(Order order) throws IOException {
        return report(rooms.ask(queue(), order, terminal::line));
    }

    private int showMessage(MessageId message) throws IOException {
        ControlPoint.Lines bytes = line -> terminal.line(line, StandardCharsets.ISO_8859_1);
        return report(rooms.ask(queue(), new Order.ShowMessage(message), bytes));
    }

    private int count(Order order, String done) throws IOException {
        var heard = rooms.ask(queue(), order, terminal::line);
        if (heard instanceof Heard.Done(var count)) {
            terminal.line(count + (count > 1 ? " envelopes " : " envelope ") + done);
        }
        return report(heard);
    }

    private int toggle(Path socket, Order order) throws IOException {
        return toggled(rooms.ask(socket, order, terminal::line));
    }

    private int toggled(Heard heard) throws IOException {
        if (heard instanceof Heard.Done) {
            terminal.line("command succeeded");
        } else if (heard instanceof Heard.Refused(var why)) {
            terminal.note("command failed: " + why);
            return FAILED;
        }
        return report(heard);
    }

    /// All that is wrong with the configuration, or doubtful, is shown line by line.
    private int reload() throws IOException {
        return toggled(rooms.ask(supervisor(), new Order.Reload(), terminal::note));
    }

    /// What a client would be told decides the exit status, as with sendmail(8).
    private int explain(List<String> words) throws IOException {
        return switch (ExplainWords.parse(words)) {
            case ExplainWords.Wrong(var why) -> {
                terminal.complain(why);
                yield USAGE;
            }
            case ExplainWords.Question(var order) ->
                    explained(rooms.ask(front(), order, terminal::line));
        };
    }

    private int explained(Heard heard) throws IOException {
        if (heard instanceof Heard.Done(var count)) {
            terminal.line("accepted: " + count + (count == 1 ? " envelope" : " envelopes"));
            return OK;
        }
        if (heard instanceof Heard.Refused(var why) && why.matches("[45][0-9][0-9] .*")) {
            boolean forGood = why.startsWith("5");
            terminal.line((forGood ? "rejected: " : "deferred: ") + why);
            return forGood ? FAILED : TRY_LATER;
        }
        return report(heard);
    }

    private int report(Heard heard) {
        return report(terminal, rooms, heard);
    }

    /// Says what went wrong, if anything did.
    ///
    /// @return the exit status
    static int report(Terminal terminal, Rooms rooms, Heard heard) {
        switch (heard) {
            case Heard.Done _ -> {
                return OK;
            }
            case Heard.Refused(var why) -> terminal.complain(why);
            case Heard.NotPermitted() -> terminal.complain("need root privileges");
            case Heard.Lost(var why) -> terminal.complain("smtpd did not answer: " + why);
            case Heard.NotRunning() -> terminal.complain(absence(rooms));
        }
        return FAILED;
    }

    /// Why nobody hears.
    private static String absence(Rooms rooms) {
        if (rooms.isUp()) {
            return "smtpd is running, but the room that answers this is not; see \"show status\"";
        }
        return rooms.isAlive()
                ? "smtpd is still starting, or stopping"
                : "smtpd is not running (no server at " + rooms.place().run() + ")";
    }

    private static Order.Selection selection(List<String> operands) {
        var word = operands.getFirst();
        if (word.equals("all")) {
            return new Order.Selection.All();
        }
        return word.length() == 8
                ? new Order.Selection.OfMessage(message(word))
                : new Order.Selection.One(envelope(word));
    }

    private static EnvelopeId envelope(String word) {
        return EnvelopeId.parse(word).orElseThrow();
    }

    private static MessageId message(String word) {
        return word.length() == 8 ? MessageId.parse(word).orElseThrow() : envelope(word).message();
    }
}
