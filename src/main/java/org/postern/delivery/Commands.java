package org.postern.delivery;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.postern.mail.Outcome;
import org.postern.os.Child;
import org.postern.os.Confinement;
import org.postern.os.Exit;
import org.postern.os.OsException;
import org.postern.os.Program;
import org.postern.os.Spawn;
import org.postern.os.Stdio;

/// Runs delivery commands: each in a session of its own, as a user, with the message as its input.
///
/// The end of the input is the only sign that the message is whole. So a command whose message does
/// not come whole is killed before its input is closed.
final class Commands {
    private static final Path SHELL = Path.of("/bin/sh");
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);

    private final Duration patience;
    private final Places users;
    private final Places all;

    // The commands that run; any thread.
    private final Set<Child> running = ConcurrentHashMap.newKeySet();
    private volatile boolean closing;

    /// @param patience how long a command may take in all, before it is killed
    /// @param most how many run at a time
    /// @param mostPerUser how many of these as the same user
    Commands(Duration patience, int most, int mostPerUser) {
        this.patience = patience;
        this.all = new Places(most);
        this.users = new Places(mostPerUser);
    }

    /// A command that is to run.
    ///
    /// @param line for the shell
    /// @param directory where it starts; the user can enter it
    record Order(String line, LocalUser who, Path directory, Map<String, String> environment) {
        Order {
            environment = Map.copyOf(environment);
        }
    }

    /// Runs a command with `letter` as its input, and waits for its end.
    ///
    /// @throws ContentLost if the content did not come whole: the command was killed
    /// @throws IOException if too many run already
    Outcome run(Order order, Letter letter) throws IOException {
        var user = Integer.toUnsignedString(order.who().uid());
        return users.within(user, () -> all.within("", () -> start(order, letter)));
    }

    private Outcome start(Order order, Letter letter) throws ContentLost {
        if (order.line().indexOf('\0') >= 0) {
            return Trouble.deferred("a command with a NUL in it");
        }
        Child child;
        try {
            child = Spawn.start(program(order), Confinement.as(order.who().identity()));
        } catch (IOException e) {
            return Trouble.deferred(
                    e, "cannot start a command as " + order.who().ids() + ": " + e.getMessage());
        }
        running.add(child);
        try {
            return new Run(child).outcome(letter);
        } finally {
            running.remove(child);
            child.close();
        }
    }

    private static Program program(Order order) {
        return new Program(
                SHELL,
                List.of("sh", "-c", order.line()),
                order.environment(),
                order.directory(),
                new Stdio.Pipe(),
                new Stdio.Pipe(),
                new Stdio.SameAsOutput(),
                Program.Session.NEW);
    }

    /// Kills what runs; what runs for an attempt that comes later is killed too.
    void close() {
        closing = true;
        running.forEach(Commands::kill);
    }

    private static void kill(Child child) {
        try {
            child.kill();
        } catch (OsException e) {
            throw new IllegalStateException("a command outlives its time: " + e.getMessage(), e);
        }
    }

    /// One command that runs. Owned by the thread of the attempt; two more read and watch for it.
    private final class Run {
        private final Child child;
        private final OutputTail tail;
        private volatile boolean overtime;

        Run(Child child) {
            this.child = child;
            this.tail = new OutputTail(child.output());
        }

        Outcome outcome(Letter letter) throws ContentLost {
            var reader = Thread.ofVirtual().name("output of " + child).start(tail::read);
            var watch = Thread.ofVirtual().name("watch over " + child).start(this::watch);
            try {
                var input = feed(letter);
                var exit = child.waitFor();
                reader.join(LAST_WORDS);
                return judge(exit, input);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                kill(child);
                return Trouble.deferred("terminated; the delivery room ends");
            } finally {
                watch.interrupt();
            }
        }

        /// Waits for the end of the command until its time is over, then ends it and closes its
        /// streams, which a descendant of its might hold.
        private void watch() {
            try {
                if (child.waitFor(patience).isEmpty()) {
                    overtime = true;
                    kill(child);
                    child.close();
                }
            } catch (InterruptedException e) {
                // It has ended.
            }
        }

        private ExitCodes.Input feed(Letter letter) throws ContentLost {
            try {
                if (closing) {
                    kill(child);
                }
                letter.pour(this::write);
                if (closing) {
                    // Killed, or about to be: it must not take the end for the end of the message.
                    kill(child);
                }
                child.input().close();
                return ExitCodes.Input.TAKEN;
            } catch (ContentLost lost) {
                kill(child);
                throw lost;
            } catch (IOException e) {
                // It does not read any more.
                return ExitCodes.Input.LEFT;
            }
        }

        private void write(ByteBuffer bytes) throws IOException {
            var piece = new byte[bytes.remaining()];
            bytes.get(piece);
            child.input().write(piece);
        }

        private Outcome judge(Exit exit, ExitCodes.Input input) {
            if (overtime) {
                return Trouble.deferred("terminated; timeout");
            }
            if (closing && exit instanceof Exit.Killed) {
                return Trouble.deferred("terminated; the delivery room ends");
            }
            return ExitCodes.outcome(exit, input, tail.lastLine());
        }
    }
}
