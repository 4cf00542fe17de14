package org.postern.tool;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.postern.ipc.Deadlines;
import org.postern.ipc.Place;
import org.postern.mail.AddressSyntax;
import org.postern.mail.Mailbox;

/// `sendmail`: hands a message from standard input to the server, over the socket that it keeps for
/// the users of this machine.
final class Sendmail {
    /// How long a server that is starting, or whose front is, is waited for.
    static final Duration STARTING = Duration.ofSeconds(15);

    static final int OK = 0;
    static final int USAGE = 1;
    static final int NO_USER = 67;
    static final int REJECTED = 70;
    static final int TEMPORARY = 75;

    private final Terminal terminal;
    private final Place place;
    private final Login login;
    private final InstantSource clock;
    private final Deadlines deadlines = new Deadlines();

    Sendmail(Terminal terminal, Place place, Login login, InstantSource clock) {
        this.terminal = terminal;
        this.place = place;
        this.login = login;
        this.clock = clock;
    }

    /// What the server's words came to.
    private sealed interface Result {
        record Accepted() implements Result {}

        /// @param exit the exit status
        record Rejected(String why, int exit) implements Result {}
    }

    /// Who sends to whom, domains completed.
    private record Addresses(Optional<Mailbox> sender, Mailbox author, List<Mailbox> recipients) {}

    /// Runs `sendmail` with these arguments.
    ///
    /// @return the exit status: 0 (accepted), 1 (usage, address syntax), 67 or 70 (rejected), 75
    ///   (not now)
    int run(List<String> arguments) throws IOException {
        return switch (SendmailArguments.parse(arguments)) {
            case Request.Refused(var why) -> {
                terminal.complain(why);
                yield USAGE;
            }
            case Request.Nothing(var why) -> {
                terminal.complain(why);
                yield OK;
            }
            case Request.ShowQueue() ->
                    new Smtpctl(terminal, place).carryOut(Verb.SHOW_QUEUE, List.of());
            case Request.NewAliases() -> NewAliases.run(terminal, place, List.of());
            case Request.SpeakSmtp() -> new Passage(terminal, place).run();
            case Request.Send send -> {
                try (var letter = Letter.read(terminal.in())) {
                    yield sendOrKeep(send, letter);
                }
            }
        };
    }

    private int sendOrKeep(Request.Send send, Letter letter) throws IOException {
        try {
            return send(send, letter);
        } catch (WrittenAddresses.BadAddress e) {
            terminal.complain(String.valueOf(e.getMessage()));
            return bury(finish(send, letter, "localhost", send.sender()), USAGE);
        }
    }

    private int send(Request.Send send, Letter letter)
            throws IOException, WrittenAddresses.BadAddress {
        var recipients = recipients(send, letter);
        if (recipients.isEmpty()) {
            terminal.complain("no recipients");
            return REJECTED;
        }
        var sender = sender(send, letter);
        SocketChannel channel;
        try {
            channel = new Rooms(place).reachFront(STARTING);
        } catch (IOException e) {
            terminal.complain(String.valueOf(e.getMessage()));
            return bury(finish(send, letter, "localhost", sender), TEMPORARY);
        }
        try (var dialogue = new SmtpDialogue(channel, deadlines, witness(send.telling()))) {
            return converse(dialogue, send, letter, sender, recipients);
        }
    }

    private int converse(
            SmtpDialogue dialogue,
            Request.Send send,
            Letter letter,
            Request.Sender sender,
            List<String> recipients)
            throws IOException, WrittenAddresses.BadAddress {
        var host = "localhost";
        Result result;
        Finishing message;
        try {
            var greeting = dialogue.hear();
            host = hostOf(greeting).orElse(host);
            message = finish(send, letter, host, sender);
            result =
                    greeting.isGood()
                            ? transact(dialogue, send, message, complete(sender, recipients, host))
                            : rejected(greeting, REJECTED);
        } catch (IOException e) {
            message = finish(send, letter, host, sender);
            result = new Result.Rejected("no answer from smtpd: " + e.getMessage(), TEMPORARY);
        }
        return switch (result) {
            case Result.Accepted() -> OK;
            case Result.Rejected(var why, var exit) -> {
                terminal.complain(why);
                yield bury(message, exit);
            }
        };
    }

    private static Optional<String> hostOf(SmtpDialogue.Reply greeting) {
        var text = greeting.lines().getFirst();
        int space = text.indexOf(' ');
        var host = space < 0 ? text : text.substring(0, space);
        return greeting.isGood() && AddressSyntax.isDomain(host)
                ? Optional.of(host)
                : Optional.empty();
    }

    private List<String> recipients(Request.Send send, Letter letter)
            throws WrittenAddresses.BadAddress {
        var all = new LinkedHashSet<String>();
        for (var argument : send.recipients()) {
            all.addAll(WrittenAddresses.parse(argument));
        }
        if (send.recipientsIn() == Request.RecipientsIn.HEADER_TOO) {
            for (var field : letter.fields()) {
                if (field.isNamed("To") || field.isNamed("Cc") || field.isNamed("Bcc")) {
                    all.addAll(WrittenAddresses.parse(field.value()));
                }
            }
        }
        return List.copyOf(all);
    }

    /// The sender that was asked for, else the first address of the From field, else the caller.
    private Request.Sender sender(Request.Send send, Letter letter) {
        if (!(send.sender() instanceof Request.Sender.OfHeader)) {
            return send.sender();
        }
        try {
            var from = letter.field("From");
            if (from.isPresent()) {
                var addresses = WrittenAddresses.parse(from.get().value());
                if (!addresses.isEmpty()) {
                    return new Request.Sender.Named(addresses.getFirst());
                }
            }
        } catch (WrittenAddresses.BadAddress e) {
            terminal.complain("From: " + e.getMessage() + "; the sender is " + login.name());
        }
        return new Request.Sender.Named(login.name());
    }

    private Addresses complete(Request.Sender sender, List<String> recipients, String host)
            throws WrittenAddresses.BadAddress {
        var completed = new ArrayList<Mailbox>();
        for (var recipient : recipients) {
            completed.add(mailbox(recipient, host));
        }
        return switch (sender) {
            case Request.Sender.Named(var address) -> {
                var mailbox = mailbox(address, host);
                yield new Addresses(Optional.of(mailbox), mailbox, completed);
            }
            case Request.Sender.Nobody(), Request.Sender.OfHeader() ->
                    new Addresses(Optional.empty(), caller(host), completed);
        };
    }

    private static Mailbox mailbox(String address, String host) throws WrittenAddresses.BadAddress {
        return WrittenAddresses.complete(address, host)
                .orElseThrow(() -> new WrittenAddresses.BadAddress("not an address: " + address));
    }

    private Mailbox caller(String host) {
        return WrittenAddresses.complete(login.name(), host)
                .orElseGet(() -> new Mailbox("anonymous", host));
    }

    private Finishing finish(Request.Send send, Letter letter, String host, Request.Sender sender) {
        var author =
                sender instanceof Request.Sender.Named(var address)
                        ? WrittenAddresses.complete(address, host).orElseGet(() -> caller(host))
                        : caller(host);
        boolean named = !send.fullName().isEmpty() || letter.field("From").isPresent();
        return new Finishing(
                letter, author, named ? send.fullName() : login.fullName(), clock.instant());
    }

    private static Result transact(
            SmtpDialogue dialogue, Request.Send send, Finishing message, Addresses addresses)
            throws IOException {
        var hello = dialogue.say("EHLO localhost");
        if (!hello.isGood()) {
            return rejected(hello, REJECTED);
        }
        var sender = addresses.sender().map(Mailbox::toString).orElse("");
        var mail =
                dialogue.say("MAIL FROM:<" + sender + ">" + mailParameters(hello, send, message));
        if (!mail.isGood()) {
            return rejected(mail, REJECTED);
        }
        var notify =
                send.notifications().isEmpty() || !offers(hello, "DSN")
                        ? ""
                        : " NOTIFY=" + send.notifications();
        for (var recipient : addresses.recipients()) {
            var reply = dialogue.say("RCPT TO:<" + recipient + ">" + notify);
            if (!reply.isGood()) {
                dialogue.say("QUIT");
                return new Result.Rejected(
                        recipient + ": " + reply, reply.isTemporary() ? TEMPORARY : NO_USER);
            }
        }
        var data = dialogue.say("DATA");
        if (!data.isGood()) {
            return rejected(data, REJECTED);
        }
        var verdict = dialogue.send(message::writeTo);
        if (!verdict.isGood()) {
            return rejected(verdict, REJECTED);
        }
        try {
            dialogue.say("QUIT");
        } catch (IOException e) {
            // The message was accepted; how the server says good-bye does not matter.
        }
        return new Result.Accepted();
    }

    private static String mailParameters(
            SmtpDialogue.Reply hello, Request.Send send, Finishing message) {
        var parameters = new StringBuilder();
        if (message.isEightBit() && offers(hello, "8BITMIME")) {
            parameters.append(" BODY=8BITMIME");
        }
        if (offers(hello, "DSN")) {
            if (!send.returned().isEmpty()) {
                parameters.append(" RET=").append(send.returned());
            }
            if (!send.envelopeId().isEmpty()) {
                parameters.append(" ENVID=").append(xtext(send.envelopeId()));
            }
        }
        return parameters.toString();
    }

    /// The encoding of RFC 3461 section 4.
    private static String xtext(String text) {
        return text.replace("+", "+2B").replace("=", "+3D");
    }

    private static boolean offers(SmtpDialogue.Reply hello, String extension) {
        for (var line : hello.lines()) {
            var upper = line.toUpperCase(Locale.ROOT);
            if (upper.equals(extension) || upper.startsWith(extension + " ")) {
                return true;
            }
        }
        return false;
    }

    private static Result rejected(SmtpDialogue.Reply reply, int exit) {
        return new Result.Rejected(reply.toString(), reply.isTemporary() ? TEMPORARY : exit);
    }

    /// Keeps what was not sent, and says so: whoever called may not look at the exit status.
    private int bury(Finishing message, int exit) {
        try {
            var kept = DeadLetter.keep(login.home(), message::writeTo);
            terminal.complain("the message was NOT queued; it is kept in " + kept);
        } catch (IOException e) {
            terminal.complain(
                    "the message was NOT queued, and could not be kept: "
                            + e.getClass().getSimpleName()
                            + ": "
                            + e.getMessage());
        }
        return exit;
    }

    private SmtpDialogue.Witness witness(Request.Telling telling) {
        return new SmtpDialogue.Witness() {
            @Override
            public void server(String line) {
                tell("<<< ", line);
            }

            @Override
            public void client(String line) {
                tell(">>> ", line);
            }

            private void tell(String direction, String line) {
                switch (telling) {
                    case QUIET -> {}
                    case DIALOGUE -> terminal.note(direction + line);
                }
            }
        };
    }
}
