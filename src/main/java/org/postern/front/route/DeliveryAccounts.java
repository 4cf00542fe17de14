package org.postern.front.route;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.postern.ipc.Accounts;
import org.postern.ipc.Deadlines;
import org.postern.ipc.Inquiry;

/// The accounts that the room `delivery` knows. May be asked from any thread.
public final class DeliveryAccounts implements AccountBook, Closeable {
    /// How long to wait for an answer: a home directory may lie behind a network.
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Inquiry<Accounts, Accounts.Answer> inquiry;

    /// Accounts asked for at `socket`, over at most `conversations` at a time.
    public DeliveryAccounts(Path socket, Deadlines deadlines, int conversations) {
        this.inquiry =
                new Inquiry<>(
                        socket, Accounts.frames(), Accounts.answers(), deadlines, conversations);
    }

    @Override
    public Accounts.Answer ask(Accounts question) {
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
