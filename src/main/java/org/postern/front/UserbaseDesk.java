package org.postern.front;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.attribute.UserPrincipal;
import java.util.function.Supplier;
import org.postern.config.Service;
import org.postern.config.TableRef;
import org.postern.ipc.Conversation;
import org.postern.ipc.Deadlines;
import org.postern.ipc.Frames;
import org.postern.ipc.Hearing;
import org.postern.ipc.Userbase;
import org.postern.table.Answer;
import org.postern.table.TableSet;
import org.postern.table.UserEntry;

/// Answers `delivery` about the users of tables that other programs answer for ([Userbase]).
final class UserbaseDesk implements Hearing.Hearer {
    private final Supplier<TableSet> tables;
    private final Deadlines deadlines;
    private final Frames<Userbase> questions = Userbase.frames();
    private final Frames<Userbase.Answer> answers = Userbase.answers();

    UserbaseDesk(Supplier<TableSet> tables, Deadlines deadlines) {
        this.tables = tables;
        this.deadlines = deadlines;
    }

    @Override
    public void hear(SocketChannel channel, UserPrincipal peer) throws IOException {
        var conversation = new Conversation<>(channel, answers, questions, deadlines);
        while (true) {
            var question = conversation.hearWhenever();
            conversation.say(
                    switch (question) {
                        case Userbase.Who(var table, var user) -> answer(table, user);
                    });
            conversation.flush();
        }
    }

    /// The answer to one question: only for a table that is a userbase, and that this room asks.
    Userbase.Answer answer(String table, String user) {
        var now = tables.get();
        var use =
                now.config().references().stream()
                        .filter(one -> one.name().equals(table))
                        .filter(one -> one.service() == Service.USERINFO)
                        .findFirst();
        if (use.isEmpty() || now.find(table).filter(one -> one.isAsked()).isEmpty()) {
            return new Userbase.Answer.Unavailable("no userbase " + table + " is asked by front");
        }
        return answer(now, use.get(), user);
    }

    private static Userbase.Answer answer(TableSet tables, TableRef use, String user) {
        return switch (tables.user(use, user)) {
            case Answer.Found<UserEntry>(var entry) ->
                    new Userbase.Answer.Known(entry.uid(), entry.gid(), entry.directory());
            case Answer.Absent<UserEntry>() -> new Userbase.Answer.Unknown();
            case Answer.Failed<UserEntry>(var cause) -> new Userbase.Answer.Unavailable(cause);
        };
    }
}
