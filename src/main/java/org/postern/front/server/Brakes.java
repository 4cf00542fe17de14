package org.postern.front.server;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import org.postern.smtp.Command;
import org.postern.smtp.Reply;

/// Counts what a client gets wrong, and the time in which it brings nothing, and says when that is
/// enough. It belongs to its session.
final class Brakes {
    /// After so many wrong passwords a session ends.
    private static final int WRONG_PASSWORDS = 3;

    /// How many commands there may be that bring no mail, between two messages.
    private static final int IDLE_COMMANDS = 500;

    private final Limits limits;
    private final InstantSource clock;

    /// When it last brought a message, or came.
    private Instant since;

    private boolean mailRefused;
    private int badCommands;
    private int idleCommands;
    private int rejectedRecipients;
    private int wrongPasswords;

    Brakes(Limits limits, InstantSource clock) {
        this.limits = limits;
        this.clock = clock;
        this.since = clock.instant();
    }

    /// How long the next command may take when no message is under way: a client that keeps itself
    /// busy with less is not waited for without end.
    Duration patience() {
        var left = Duration.between(clock.instant(), since.plus(limits.transaction()));
        return left.compareTo(limits.idle()) < 0 ? left : limits.idle();
    }

    /// Notes how `command` was answered; the last word to the client, if this was once too often.
    Optional<Reply> after(Command command, Reply reply) {
        if (command instanceof Command.MailFrom) {
            mailRefused = !reply.isPositive();
        }
        if (command instanceof Command.RcptTo && isGuess(reply)) {
            return Optional.of(Replies.TOO_MANY_REJECTIONS);
        }
        if (bringsMessage(command, reply)) {
            idleCommands = 0;
            since = clock.instant();
        }
        if (isIdle(command)) {
            return Optional.of(Replies.TOO_MANY_COMMANDS);
        }
        if (reply.equals(Replies.WRONG_PASSWORD) && ++wrongPasswords >= WRONG_PASSWORDS) {
            return Optional.of(Replies.TOO_MANY_WRONG_PASSWORDS);
        }
        if (isBadCommand(reply) && ++badCommands >= limits.badCommands()) {
            return Optional.of(Replies.TOO_MANY_ERRORS);
        }
        return Optional.empty();
    }

    /// Has the client had too many recipients refused, one after the other?
    private boolean isGuess(Reply reply) {
        if (reply.isPositive()) {
            rejectedRecipients = 0;
        } else if (reply.isPermanent() && !reply.equals(Replies.NOT_NOW)) {
            rejectedRecipients++;
        }
        return rejectedRecipients >= limits.rejectedRecipients();
    }

    private static boolean bringsMessage(Command command, Reply reply) {
        return reply.isPositive()
                && (command instanceof Command.Data
                        || (command instanceof Command.Bdat(var chunk)
                                && chunk.toUpperCase(Locale.ROOT).endsWith("LAST")));
    }

    /// Has the client, with what is no mistake, done nothing for too long?
    private boolean isIdle(Command command) {
        switch (command) {
            case Command.Helo _,
                    Command.Ehlo _,
                    Command.Rset _,
                    Command.Vrfy _,
                    Command.Expn _,
                    Command.Help _,
                    Command.Noop _ ->
                    idleCommands++;
            case Command.Bdat(var chunk) when chunk.matches("0+") -> idleCommands++;
            default -> {}
        }
        return idleCommands > IDLE_COMMANDS;
    }

    /// Does the reply say that the client does not speak SMTP well? What was pipelined behind a
    /// refused MAIL, or behind a refused chunk, fails too, and is not counted.
    private boolean isBadCommand(Reply reply) {
        return switch (reply.code()) {
            case 500, 501, 502, 504, 555 -> true;
            case 503 ->
                    !mailRefused
                            && !reply.equals(Replies.NO_RECIPIENT)
                            && !reply.equals(Replies.CHUNK_REFUSED_BEFORE);
            default -> false;
        };
    }
}
