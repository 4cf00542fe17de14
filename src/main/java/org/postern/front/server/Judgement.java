package org.postern.front.server;

import org.postern.smtp.Reply;

/// What filters leave of a command.
sealed interface Judgement {
    /// It is carried out.
    record Passed() implements Judgement {}

    /// It is carried out with another argument.
    record Rewritten(String argument) implements Judgement {}

    /// It is refused.
    record Refused(Reply reply) implements Judgement {}
}
