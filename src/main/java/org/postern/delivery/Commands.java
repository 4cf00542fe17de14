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
import org.postern.os.Brood;
import org.postern.os.Broods;
import org.postern.os.Child;
import org.postern.os.Confinement;
import org.postern.os.Exit;
import org.postern.os.OsException;
import org.postern.os.Program;
import org.postern.os.Stdio;

/// Runs delivery commands: each in a session of its own, as a user, with the message as its input.
///
/// What a command has started dies with it when it has to be killed, whatever session it went to;
/// when it ends by itself, what it leaves behind is its user's own affair.
///
/// The end of the input is the only sign that the message is whole. So a command whose message does
/// not come whole is killed before its input is closed. So is, within a second, one for which the
/// queue no longer waits: the queue gives the envelope to another, and two must not run at once.
final class Commands {
    private static final Path SHELL = Path.of("/bin/sh");
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final Duration patience;
    private final Broods broods;
    private final Places users;
    private final Places all;

    // The commands that run; any thread.
    private final Set<Brood> running = ConcurrentHashMap.newKeySet();
    private volatile boolean closing;

    /// @param broods starts them
    /// @param patience how long a command may take in all, before it is killed
    /// @param most how many run at a time
    /// @param mostPerUser how many of these as the same user
    Commands(Broods broods, Duration patience, int most, int mostPerUser) {
        this.broods = broods;
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
        if (!letter.isAwaited()) {
            throw new ContentLost("the queue hung up");
        }
        Brood brood;
        try {
            brood = broods.start(program(order), Confinement.as(order.who().identity()));
        } catch (IOException e) {
            return Trouble.deferred(
                    e, "cannot start a command as " + order.who().ids() + ": " + e.getMessage());
        }
        running.add(brood);
        try {
            return new Run(brood, letter).outcome();
        } finally {
            running.remove(brood);
            brood.child().close();
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

    private static void kill(Brood brood) {
        try {
            brood.kill();
        } catch (OsException e) {
            throw new IllegalStateException("a command outlives its time: " + e.getMessage(), e);
        }
    }

    /// One command that runs. Owned by the thread of the attempt; two more read and watch for it.
    private final class Run {
        private final Brood brood;
        private final Child child;
        private final Letter letter;
        private final OutputTail tail;
        private volatile boolean overtime;
        private volatile boolean forsaken;

        // Guarded by "this": from then on nobody but the attempt touches the letter.
        private boolean over;

        Run(Brood brood, Letter letter) {
            this.brood = brood;
            this.child = brood.child();
            this.letter = letter;
            this.tail = new OutputTail(child.output());
        }

        Outcome outcome() throws ContentLost {
            var reader = Thread.ofVirtual().name("output of " + child).start(tail::read);
            Thread.ofVirtual().name("watch over " + child).start(this::watch);
            try {
                var input = feed();
                var exit = child.waitFor();
                reader.join(LAST_WORDS);
                return judge(exit, input);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                kill(brood);
                return Trouble.deferred("terminated; the delivery room ends");
            } finally {
                end();
            }
        }

        /// Waits for the end of the command until its time is over or nobody waits for it, then
        /// ends it and closes its streams, which a descendant of its might hold.
        private void watch() {
            long end = System.nanoTime() + patience.toNanos();
            try {
                while (child.waitFor(look(end)).isEmpty()) {
                    overtime = end - System.nanoTime() <= 0;
                    forsaken = !overtime && isForsaken();
                    if (overtime || forsaken) {
                        kill(brood);
                        child.close();
                        return;
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private static Duration look(long end) {
            var left = Duration.ofNanos(Math.max(1, end - System.nanoTime()));
            return left.compareTo(LOOK) < 0 ? left : LOOK;
        }

        private synchronized boolean isForsaken() {
            return !over && !letter.isAwaited();
        }

        private synchronized void end() {
            over = true;
        }

        private ExitCodes.Input feed() throws ContentLost {
            try {
                if (closing) {
                    kill(brood);
                }
                letter.pour(this::write);
                if (closing) {
                    // Killed, or about to be: it must not take the end for the end of the message.
                    kill(brood);
                }
                child.input().close();
                return ExitCodes.Input.TAKEN;
            } catch (ContentLost lost) {
                kill(brood);
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
            if (forsaken) {
                return Trouble.deferred("terminated; the queue hung up");
            }
            if (closing && exit instanceof Exit.Killed) {
                return Trouble.deferred("terminated; the delivery room ends");
            }
            return ExitCodes.outcome(exit, input, tail.lastLine());
        }
    }
}
