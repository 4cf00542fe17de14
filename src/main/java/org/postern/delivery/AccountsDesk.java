package org.postern.delivery;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.attribute.UserPrincipal;
import java.util.function.Function;
import org.postern.config.LocalAction;
import org.postern.ipc.Accounts;
import org.postern.ipc.Conversation;
import org.postern.ipc.Deadlines;
import org.postern.ipc.Frames;
import org.postern.ipc.Hearing;
import org.postern.table.Answer;
import org.postern.table.TableSet;

/// Answers `front` about users and their forward files ([Accounts]).
final class AccountsDesk implements Hearing.Hearer {
    private final Function<String, TableSet> tables;
    private final UserDirectory users;
    private final ForwardFile forwards;
    private final Deadlines deadlines;
    private final Frames<Accounts> questions = Accounts.frames();
    private final Frames<Accounts.Answer> answers = Accounts.answers();

    AccountsDesk(
            Function<String, TableSet> tables,
            UserDirectory users,
            ForwardFile forwards,
            Deadlines deadlines) {
        this.tables = tables;
        this.users = users;
        this.forwards = forwards;
        this.deadlines = deadlines;
    }

    @Override
    public void hear(SocketChannel channel, UserPrincipal peer) throws IOException {
        var conversation = new Conversation<>(channel, answers, questions, deadlines);
        while (true) {
            conversation.say(answer(conversation.hearWhenever()));
            conversation.flush();
        }
    }

    /// The answer to one question.
    Accounts.Answer answer(Accounts question) {
        return switch (question) {
            case Accounts.Exists(var action, var user) ->
                    find(action, user, (_, _) -> new Accounts.Answer.NoForward());
            case Accounts.Of(var action, var user) -> find(action, user, this::forward);
        };
    }

    private interface Next {
        Accounts.Answer of(LocalAction action, LocalUser who);
    }

    private Accounts.Answer find(String action, String user, Next next) {
        var now = tables.apply(action);
        if (!(now.config().action(action).orElse(null) instanceof LocalAction local)) {
            return new Accounts.Answer.Unavailable("no local action " + action);
        }
        return switch (users.find(now, local, user)) {
            case Answer.Found<LocalUser>(var who) -> next.of(local, who);
            case Answer.Absent<LocalUser>() -> new Accounts.Answer.NoAccount();
            case Answer.Failed<LocalUser>(var cause) -> new Accounts.Answer.Unavailable(cause);
        };
    }

    /// Where an action runs everything as one account, the commands of others' forward files would
    /// run as that account too: they are not read.
    private Accounts.Answer forward(LocalAction action, LocalUser who) {
        var only = action.user();
        return only.isPresent() && !only.get().equals(who.name())
                ? new Accounts.Answer.NoForward()
                : forwards.of(action.name(), who);
    }
}
