package org.postern.tool;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import org.postern.ipc.Place;

/// `sendmail -bs`: passes standard input on to the server, and what it says to standard output.
final class Passage {
    private final Terminal terminal;
    private final Place place;

    Passage(Terminal terminal, Place place) {
        this.terminal = terminal;
        this.place = place;
    }

    /// Runs until the server hangs up.
    ///
    /// @return the exit status
    int run() throws IOException {
        SocketChannel opened;
        try {
            opened = new Rooms(place).reachFront(Sendmail.STARTING);
        } catch (IOException e) {
            terminal.line("421 4.3.0 " + e.getMessage() + "\r", StandardCharsets.US_ASCII);
            return Sendmail.TEMPORARY;
        }
        try (var channel = opened) {
            Thread.ofPlatform().daemon().name("input").start(() -> passOn(terminal.in(), channel));
            var buffer = ByteBuffer.allocate(8192);
            while (channel.read(buffer) >= 0) {
                terminal.out().write(buffer.array(), 0, buffer.position());
                terminal.flush();
                buffer.clear();
            }
            return Sendmail.OK;
        }
    }

    private static void passOn(InputStream in, SocketChannel channel) {
        var bytes = new byte[8192];
        try {
            for (int read = in.read(bytes); read >= 0; read = in.read(bytes)) {
                var buffer = ByteBuffer.wrap(bytes, 0, read);
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
            }
            channel.shutdownOutput();
        } catch (IOException e) {
            // The server hung up; the other direction ends this.
        }
    }
}
