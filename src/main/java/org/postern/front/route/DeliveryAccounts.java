package org.postern.front.route;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.postern.ipc.Accounts;
import org.postern.ipc.Deadlines;
import org.postern.ipc.Inquiry;

/// The accounts that the room `delivery` knows. May be asked from any thread.
///
/// What it said is remembered for a second, so that a burst of mail for one user asks once; that it
/// could not say is never remembered.
public final class DeliveryAccounts implements AccountBook, Closeable {
    /// How long to wait for an answer: a home directory may lie behind a network.
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final long REMEMBERED = Duration.ofSeconds(1).toNanos();
    private static final int MOST_REMEMBERED = 4096;

    private record Remembered(Accounts.Answer answer, long until) {}

    private final Inquiry<Accounts, Accounts.Answer> inquiry;

    // Cleared when it is full: that costs one second of questions.
    private final Map<Accounts, Remembered> remembered = new ConcurrentHashMap<>();

    private final LongSupplier nanoseconds;

    /// Accounts asked for at `socket`, over at most `conversations` at a time.
    public DeliveryAccounts(Path socket, Deadlines deadlines, int conversations) {
        this(socket, deadlines, conversations, System::nanoTime);
    }

    /// The same, by a clock that counts nanoseconds from anywhere.
    DeliveryAccounts(
            Path socket, Deadlines deadlines, int conversations, LongSupplier nanoseconds) {
        this.nanoseconds = nanoseconds;
        this.inquiry =
                new Inquiry<>(
                        socket, Accounts.frames(), Accounts.answers(), deadlines, conversations);
    }

    @Override
    public Accounts.Answer ask(Accounts question) {
        long now = nanoseconds.getAsLong();
        var known = remembered.get(question);
        if (known != null && known.until() - now > 0) {
            return known.answer();
        }
        var answer = inquire(question);
        if (isDefinite(answer)) {
            if (remembered.size() >= MOST_REMEMBERED) {
                remembered.clear();
            }
            remembered.put(question, new Remembered(answer, now + REMEMBERED));
        }
        return answer;
    }

    private static boolean isDefinite(Accounts.Answer answer) {
        return switch (answer) {
            case Accounts.Answer.NoAccount _,
                    Accounts.Answer.NoForward _,
                    Accounts.Answer.Forwards _ ->
                    true;
            case Accounts.Answer.Insecure _,
                    Accounts.Answer.Unreadable _,
                    Accounts.Answer.Unavailable _ ->
                    false;
        };
    }

    private Accounts.Answer inquire(Accounts question) {
        try {
            return inquiry.ask(question, PATIENCE);
        } catch (IOException e) {
            return new Accounts.Answer.Unavailable("the room delivery: " + e.getMessage());
        }
    }

    /// Hangs up.
    @Override
    public void close() {
        inquiry.close();
    }
}
