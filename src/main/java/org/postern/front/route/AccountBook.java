package org.postern.front.route;

import org.postern.ipc.Accounts;

/// Who knows the users and their forward files: the room `delivery`.
@FunctionalInterface
public interface AccountBook {
    /// The answer to a question about an account. Never fails: what goes wrong is
    /// [Accounts.Answer.Unavailable]. Blocks, for a bounded time.
    Accounts.Answer ask(Accounts question);
}
