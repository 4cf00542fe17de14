package org.postern.tool;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.postern.ipc.Deadlines;

/// The first message through a new private server, for `quickstart`: shows the dialogue and the
/// file that was delivered.
///
///     first-message PORT RECIPIENT NEWDIR SERVERPID
final class FirstMessage implements SmtpDialogue.Witness {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration BREATH = Duration.ofMillis(20);

    private final Terminal terminal;
    private final int port;
    private final String recipient;
    private final Path newDirectory;
    private final Path server;
    private final Deadlines deadlines = new Deadlines();

    private FirstMessage(
            Terminal terminal, int port, String recipient, Path newDirectory, Path server) {
        this.terminal = terminal;
        this.port = port;
        this.recipient = recipient;
        this.newDirectory = newDirectory;
        this.server = server;
    }

    /// Runs with these arguments.
    ///
    /// @return 0 when the message was delivered, else 1, after a line that says why
    static int run(Terminal terminal, List<String> arguments) {
        if (arguments.size() != 4 || !isNumber(arguments.get(0)) || !isNumber(arguments.get(3))) {
            terminal.note("usage: first-message PORT RECIPIENT NEWDIR SERVERPID");
            return 1;
        }
        var first =
                new FirstMessage(
                        terminal,
                        Integer.parseInt(arguments.get(0)),
                        arguments.get(1),
                        Path.of(arguments.get(2)),
                        Path.of("/proc", arguments.get(3)));
        try {
            first.send();
            first.showDelivered();
            return 0;
        } catch (IOException e) {
            terminal.complain(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            terminal.complain("interrupted");
            Thread.currentThread().interrupt();
        }
        return 1;
    }

    private static boolean isNumber(String text) {
        return !text.isEmpty() && text.length() < 9 && text.chars().allMatch(Character::isDigit);
    }

    private void send() throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            Optional<SmtpDialogue> connected = connect();
            if (connected.isPresent()) {
                try (var dialogue = connected.get()) {
                    converse(dialogue);
                    return;
                }
            }
            waitUntil(end, "the server did not listen on 127.0.0.1:" + port);
        }
    }

    private Optional<SmtpDialogue> connect() throws IOException {
        var channel = SocketChannel.open();
        try {
            channel.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
            return Optional.of(new SmtpDialogue(channel, deadlines, this));
        } catch (IOException e) {
            channel.close();
            return Optional.empty();
        }
    }

    private void converse(SmtpDialogue dialogue) throws IOException {
        var greeting = dialogue.hear();
        require(greeting, "connecting");
        for (var command :
                List.of(
                        "EHLO client.example",
                        "MAIL FROM:<alice@client.example>",
                        "RCPT TO:<" + recipient + ">",
                        "DATA")) {
            require(dialogue.say(command), command);
        }
        var text =
                "From: Alice <alice@client.example>\nTo: <"
                        + recipient
                        + ">\nSubject: The first message\n\nIt works.\n";
        text.lines().forEach(this::client);
        require(
                dialogue.send(out -> out.write(text.getBytes(StandardCharsets.ISO_8859_1))),
                "the message");
        dialogue.say("QUIT");
    }

    private static void require(SmtpDialogue.Reply reply, String command) throws IOException {
        if (!reply.isGood()) {
            throw new IOException("the server refused " + command + ": " + reply);
        }
    }

    private void showDelivered() throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            var file = delivered();
            if (file.isPresent()) {
                terminal.line("");
                terminal.line("Delivered: " + file.get());
                Files.copy(file.get(), terminal.out());
                return;
            }
            waitUntil(end, "nothing was delivered to " + newDirectory);
        }
    }

    private Optional<Path> delivered() throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(newDirectory)) {
            for (var file : files) {
                return Optional.of(file);
            }
            return Optional.empty();
        } catch (NoSuchFileException | NotDirectoryException e) {
            return Optional.empty();
        }
    }

    private void waitUntil(long end, String failure) throws IOException, InterruptedException {
        if (!Files.exists(server)) {
            throw new IOException("the server has ended");
        }
        if (System.nanoTime() - end > 0) {
            throw new IOException(failure + " within " + PATIENCE.toSeconds() + " seconds");
        }
        Thread.sleep(BREATH);
    }

    @Override
    public void server(String line) {
        show("S: " + line);
    }

    @Override
    public void client(String line) {
        show("C: " + line);
    }

    private void show(String line) {
        try {
            terminal.line(line);
            terminal.flush();
        } catch (IOException e) {
            // Nobody looks; the message is sent all the same.
        }
    }
}
