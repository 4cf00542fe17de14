package org.postern.front.server;

import org.postern.smtp.Reply;

/// What filters leave of a command.
sealed interface Judgement {
    /// It is carried out; a transaction that it begins has this mark.
    record Passed(Transaction.Mark mark) implements Judgement {}

    /// It is carried out with another argument.
    record Rewritten(String argument) implements Judgement {}

    /// It is refused.
    record Refused(Reply reply) implements Judgement {}
}
