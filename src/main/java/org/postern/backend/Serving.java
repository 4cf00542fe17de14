package org.postern.backend;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Semaphore;
import org.postern.config.Service;
import org.postern.table.external.Lines;
import org.postern.table.external.Reply;
import org.postern.table.external.Request;

/// The side of the table protocol that answers: greets, then answers each request on a thread of
/// its own, until nobody asks any more.
final class Serving {
    private static final int MOST_AT_ONCE = 64;

    /// Who knows the answers; asked by many threads at once.
    @FunctionalInterface
    interface Answerer {
        /// The answer to a request.
        Reply.Result answer(Request request);
    }

    private final Lines input;
    private final OutputStream output;
    private final Set<Service> services;
    private final Answerer desk;
    private final Semaphore places = new Semaphore(MOST_AT_ONCE);

    Serving(InputStream input, OutputStream output, Set<Service> services, Answerer desk) {
        this.input = new Lines(input);
        this.output = output;
        this.services = Set.copyOf(services);
        this.desk = desk;
    }

    /// Serves until the input ends.
    ///
    /// @throws IOException if the other side does not keep to the protocol, or hears no more
    void serve() throws IOException, InterruptedException {
        while (true) {
            var line = input.next();
            if (line.isEmpty()) {
                return;
            }
            if (line.get().equals("config|ready")) {
                break;
            }
        }
        for (var service : new TreeSet<>(services)) {
            say("register|" + service.name().toLowerCase(java.util.Locale.ROOT));
        }
        say("register|ready");
        for (var line = input.next(); line.isPresent(); line = input.next()) {
            var heard = Request.Heard.parse(line.get());
            if (heard.isEmpty()) {
                throw new IOException("not a request: " + line.get());
            }
            places.acquire();
            // A driver may call native code, which would hold up all virtual threads.
            Thread.ofPlatform().daemon().start(() -> answer(heard.get()));
        }
    }

    private void answer(Request.Heard heard) {
        try {
            var result = desk.answer(heard.request());
            say(new Reply(heard.request().word(), heard.id(), result).line());
        } catch (IOException e) {
            // Nobody hears; the input has ended too.
        } finally {
            places.release();
        }
    }

    private synchronized void say(String line) throws IOException {
        output.write((line + '\n').getBytes(StandardCharsets.ISO_8859_1));
        output.flush();
    }
}
