package org.postern.tool;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.channels.Channel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.postern.ipc.Deadlines;
import org.postern.mail.AddressSyntax;
import org.postern.os.Interfaces;
import org.postern.tls.Agreement;

/// `smtp`: sends the message on standard input to a server, over the network, and tells what the
/// server says; for trying servers.
final class Smtp {
    static final int OK = 0;
    static final int PERMANENT = 1;
    static final int TEMPORARY = 75;

    private static final Duration CONNECTING = Duration.ofSeconds(100);

    private final Terminal terminal;
    private final Deadlines deadlines = new Deadlines();

    /// Is it too late to try another address of the server?
    private boolean handedOver;

    Smtp(Terminal terminal) {
        this.terminal = terminal;
    }

    /// The server, or what it offers, will not do.
    private static final class Unsuitable extends Exception {
        private static final long serialVersionUID = 1;

        private final int status;

        Unsuitable(int status, String why) {
            super(why);
            this.status = status;
        }
    }

    /// Runs `smtp` with these arguments.
    ///
    /// @return 0 if all recipients were accepted, 75 if it may be tried later for those who were
    ///   not, 1 if not
    int run(List<String> arguments) throws IOException {
        return switch (SmtpRequest.parse(arguments)) {
            case SmtpRequest.Wrong(var why) -> {
                terminal.note(why);
                yield PERMANENT;
            }
            case SmtpRequest.Send send -> {
                var message = send.recipients().isEmpty() ? new byte[0] : message();
                yield deliver(send, logins(send), message);
            }
        };
    }

    private static List<SmtpServer.Login> logins(SmtpRequest.Send send) throws IOException {
        if (send.authFile().isEmpty()) {
            return send.server().login();
        }
        var file = send.authFile().getLast();
        var lines = Files.readAllLines(file);
        if (lines.size() < 2) {
            throw new IOException(
                    file + ": a login and, on the second line, its password expected");
        }
        return List.of(new SmtpServer.Login(lines.get(0), lines.get(1)));
    }

    /// Standard input, its lines ended by LF; a CR that ends none becomes a blank.
    private byte[] message() throws IOException {
        var given = terminal.in().readAllBytes();
        var out = new ByteArrayOutputStream(given.length);
        for (int i = 0; i < given.length; i++) {
            boolean isLineEnd = i + 1 < given.length && given[i + 1] == '\n';
            if (given[i] != '\r') {
                out.write(given[i]);
            } else if (!isLineEnd) {
                out.write(' ');
            }
        }
        return out.toByteArray();
    }

    private int deliver(SmtpRequest.Send send, List<SmtpServer.Login> logins, byte[] message)
            throws IOException {
        InetAddress[] addresses;
        try {
            addresses = InetAddress.getAllByName(send.server().host());
        } catch (UnknownHostException e) {
            terminal.complain("no address for " + send.server().host());
            return TEMPORARY;
        }
        for (var address : addresses) {
            try {
                return attempt(send, logins, message, address);
            } catch (Unsuitable e) {
                terminal.complain(String.valueOf(e.getMessage()));
                return e.status;
            } catch (IOException e) {
                terminal.complain(address.getHostAddress() + ": " + e.getMessage());
                if (handedOver) {
                    return TEMPORARY;
                }
            }
        }
        return TEMPORARY;
    }

    /// A connection, plain or not.
    private record Line(Socket socket) implements Channel {
        @Override
        public boolean isOpen() {
            return !socket.isClosed();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private int attempt(
            SmtpRequest.Send send,
            List<SmtpServer.Login> logins,
            byte[] message,
            InetAddress address)
            throws IOException, Unsuitable {
        try (var socket = new Socket()) {
            var where = new InetSocketAddress(address, send.server().port());
            socket.connect(where, (int) CONNECTING.toMillis());
            boolean atOnce = send.server().security() == SmtpServer.Security.AT_ONCE;
            var dialogue = atOnce ? secured(socket, send) : dialogue(socket, socket, send);
            var greeting = dialogue.hear();
            if (!greeting.isGood()) {
                throw new IOException("greeted with " + greeting);
            }
            var helo = send.helo().isEmpty() ? ownName() : send.helo().getLast();
            var offers = hello(dialogue, send, helo);
            boolean secure = atOnce;
            if (!atOnce && startsTls(send.server().security(), offers)) {
                expect(dialogue.say("STARTTLS"), "STARTTLS");
                dialogue = secured(socket, send);
                offers = hello(dialogue, send, helo);
                secure = true;
            }
            if (!logins.isEmpty()) {
                if (!secure) {
                    throw new Unsuitable(PERMANENT, "no TLS, so the password is not sent");
                }
                logIn(dialogue, logins.getFirst(), offers);
            }
            int status =
                    send.recipients().isEmpty()
                            ? OK
                            : transact(dialogue, send, message, offers, helo);
            var _ = dialogue.say("QUIT");
            return status;
        }
    }

    private static boolean startsTls(SmtpServer.Security security, List<String> offers)
            throws Unsuitable {
        boolean isOffered = offers.contains("STARTTLS");
        return switch (security) {
            case NONE, AT_ONCE -> false;
            case OFFERED -> isOffered;
            case REQUIRED -> {
                if (!isOffered) {
                    throw new Unsuitable(PERMANENT, "the server offers no TLS");
                }
                yield true;
            }
        };
    }

    private SmtpDialogue secured(Socket socket, SmtpRequest.Send send) throws IOException {
        var watched = deadlines.watch(new Line(socket));
        watched.in(CONNECTING);
        try {
            var secure = send.tls().secure(socket);
            if (send.telling() == Request.Telling.DIALOGUE) {
                var agreed = Agreement.of(secure.getSession());
                terminal.note(
                        "--- %s:%s:%d SHA256:%s"
                                .formatted(
                                        agreed.version(),
                                        agreed.cipher(),
                                        agreed.bits(),
                                        agreed.fingerprint()));
            }
            return dialogue(secure, socket, send);
        } finally {
            watched.none();
        }
    }

    private SmtpDialogue dialogue(Socket over, Socket whole, SmtpRequest.Send send)
            throws IOException {
        return new SmtpDialogue(
                new Line(whole),
                over.getInputStream(),
                over.getOutputStream(),
                deadlines,
                witness(send.telling()));
    }

    private SmtpDialogue.Witness witness(Request.Telling telling) {
        return new SmtpDialogue.Witness() {
            @Override
            public void server(String line) {
                tell("<<< " + line);
            }

            @Override
            public void client(String line) {
                tell(">>> " + line);
            }

            private void tell(String line) {
                if (telling == Request.Telling.DIALOGUE) {
                    terminal.note(Terminal.harmless(line));
                }
            }
        };
    }

    private static String ownName() {
        try {
            var name = Interfaces.canonicalName(InetAddress.getLocalHost().getHostName());
            return AddressSyntax.isDomain(name) ? name : "localhost";
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    /// Says hello; what the server offers, in capitals.
    private static List<String> hello(SmtpDialogue dialogue, SmtpRequest.Send send, String helo)
            throws IOException, Unsuitable {
        boolean isLmtp = send.server().speech() == SmtpServer.Speech.LMTP;
        var reply = dialogue.say((isLmtp ? "LHLO " : "EHLO ") + helo);
        if (reply.isGood()) {
            return reply.lines().stream().map(line -> line.toUpperCase(Locale.ROOT)).toList();
        }
        if (isLmtp) {
            expect(reply, "LHLO");
        }
        expect(dialogue.say("HELO " + helo), "HELO");
        return List.of();
    }

    private static void expect(SmtpDialogue.Reply reply, String command) throws Unsuitable {
        if (!reply.isGood()) {
            throw new Unsuitable(
                    reply.isTemporary() ? TEMPORARY : PERMANENT, command + ": " + reply);
        }
    }

    /// AUTH by PLAIN (RFC 4616) or LOGIN.
    private static void logIn(SmtpDialogue dialogue, SmtpServer.Login login, List<String> offers)
            throws IOException, Unsuitable {
        var mechanisms =
                offers.stream()
                        .filter(line -> line.startsWith("AUTH "))
                        .flatMap(line -> List.of(line.split(" ", -1)).stream())
                        .toList();
        if (mechanisms.contains("PLAIN")) {
            var words = '\0' + login.user() + '\0' + login.password();
            expect(dialogue.say("AUTH PLAIN " + encoded(words), "AUTH PLAIN (...)"), "AUTH");
        } else if (mechanisms.contains("LOGIN")) {
            expect(dialogue.say("AUTH LOGIN"), "AUTH");
            expect(dialogue.say(encoded(login.user()), "(login)"), "AUTH");
            expect(dialogue.say(encoded(login.password()), "(password)"), "AUTH");
        } else {
            throw new Unsuitable(PERMANENT, "the server offers neither AUTH PLAIN nor AUTH LOGIN");
        }
    }

    private static String encoded(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private int transact(
            SmtpDialogue dialogue,
            SmtpRequest.Send send,
            byte[] message,
            List<String> offers,
            String helo)
            throws IOException, Unsuitable {
        var sender =
                send.sender().isEmpty()
                        ? Login.ofCaller().name() + '@' + helo
                        : send.sender().getLast();
        var body = is8Bit(message) && offers.contains("8BITMIME") ? " BODY=8BITMIME" : "";
        expect(dialogue.say("MAIL FROM:<" + sender + '>' + body), "MAIL");
        var told = new Told();
        var accepted = new java.util.ArrayList<String>();
        for (var recipient : send.recipients()) {
            var reply = dialogue.say("RCPT TO:<" + recipient + '>');
            if (reply.isGood()) {
                accepted.add(recipient);
            } else {
                told.of(recipient, reply);
            }
        }
        if (!accepted.isEmpty()) {
            content(dialogue, send, message, accepted, told);
        }
        return told.status;
    }

    private static boolean is8Bit(byte[] message) {
        for (byte octet : message) {
            if (octet < 0) {
                return true;
            }
        }
        return false;
    }

    private void content(
            SmtpDialogue dialogue,
            SmtpRequest.Send send,
            byte[] message,
            List<String> accepted,
            Told told)
            throws IOException {
        var reply = dialogue.say("DATA");
        boolean goesOn = reply.isGood();
        if (goesOn) {
            handedOver = true;
            reply = dialogue.send(out -> out.write(message, 0, message.length));
        }
        for (int i = 0; i < accepted.size(); i++) {
            boolean hasOwn = send.server().speech() == SmtpServer.Speech.LMTP && goesOn && i > 0;
            told.of(accepted.get(i), hasOwn ? dialogue.hear() : reply);
        }
    }

    /// Tells what became of each recipient, and remembers the worst.
    private final class Told {
        private int status = OK;

        void of(String recipient, SmtpDialogue.Reply reply) throws IOException {
            String state;
            if (reply.isGood()) {
                state = "Ok";
            } else if (reply.isTemporary()) {
                state = "TempFail";
                status = status == PERMANENT ? PERMANENT : TEMPORARY;
            } else {
                state = "PermFail";
                status = PERMANENT;
            }
            terminal.line(recipient + ": " + state + ": " + reply);
        }
    }
}
