package org.postern.tool;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.postern.os.SocketPath;

/// An SMTP server that plays one script on a socket: its `S:` lines are said, and its `C:` lines
/// are what must come. The first `C:` line that is not what came is the failure.
final class ScriptedServer implements Closeable {
    private final ServerSocketChannel server;
    private final Thread thread;
    private final List<String> heard = new ArrayList<>();

    private ScriptedServer(ServerSocketChannel server, String script) {
        this.server = server;
        this.thread = Thread.ofPlatform().daemon().start(() -> play(script));
    }

    static ScriptedServer on(Path socket, String script) throws IOException {
        var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try (var path = SocketPath.of(socket)) {
            server.bind(path.address());
        }
        return new ScriptedServer(server, script);
    }

    static ScriptedServer on(ServerSocketChannel server, String script) {
        return new ScriptedServer(server, script);
    }

    private void play(String script) {
        try (SocketChannel channel = server.accept();
                var in =
                        new BufferedReader(
                                new InputStreamReader(
                                        Channels.newInputStream(channel),
                                        StandardCharsets.ISO_8859_1))) {
            for (var line : script.lines().toList()) {
                if (line.startsWith("S: ")) {
                    heard.add(line);
                    channel.write(
                            ByteBuffer.wrap(
                                    (line.substring(3) + "\r\n")
                                            .getBytes(StandardCharsets.ISO_8859_1)));
                } else {
                    var said = in.readLine();
                    heard.add(said == null ? "(hung up)" : ("C: " + said).strip());
                    if (said == null) {
                        return;
                    }
                }
            }
        } catch (IOException e) {
            heard.add("(broke: " + e.getMessage() + ")");
        }
    }

    /// The whole dialogue as it really went.
    String transcript() throws Exception {
        if (!thread.join(Duration.ofSeconds(60))) {
            server.close();
            throw new IllegalStateException("the dialogue did not end: " + heard);
        }
        return String.join("\n", heard) + "\n";
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
