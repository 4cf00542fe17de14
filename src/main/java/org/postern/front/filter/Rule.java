package org.postern.front.filter;

import org.postern.config.Condition;
import org.postern.config.FilterRule;
import org.postern.config.TableRef;
import org.postern.mail.Origin;
import org.postern.table.Answer;
import org.postern.table.TableSet;

/// A filter that the configuration spells out, and the tables it asks.
record Rule(String name, FilterRule rule, TableSet tables) {
    /// Does what the rule tests, or its opposite, hold? Where a table cannot be asked neither does.
    boolean holds(Subject subject) {
        var client = subject.client();
        return switch (rule.test()) {
            case FilterRule.Test.ConfirmedName() ->
                    is(client.confirmation() == Client.Confirmation.PASS);
            case FilterRule.Test.Named() -> is(client.isNamed());
            case FilterRule.Test.Name(var table) -> contains(table, client.name());
            case FilterRule.Test.Source(var table) -> contains(table, client.address());
            case FilterRule.Test.Helo(var table) -> contains(table, subject.helo());
            case FilterRule.Test.Authenticated() -> is(!user(subject).isEmpty());
            case FilterRule.Test.AuthenticatedAs(var table) -> containsUser(table, user(subject));
            case FilterRule.Test.MailFrom(var table) -> contains(table, subject.sender());
            case FilterRule.Test.RcptTo(var table) -> contains(table, subject.recipient());
        };
    }

    /// Users of this machine, who come through the socket, have not logged in by name.
    private static String user(Subject subject) {
        return switch (subject.login()) {
            case Origin.Login.Anonymous() -> "";
            case Origin.Login.As(var user) -> user;
        };
    }

    private boolean containsUser(TableRef table, String user) {
        return user.isEmpty() ? is(false) : contains(table, user);
    }

    private boolean contains(TableRef table, String key) {
        return switch (tables.contains(table, key)) {
            case Answer.Found<String> _ -> is(true);
            case Answer.Absent<String>() -> is(false);
            case Answer.Failed<String> _ -> false;
        };
    }

    private boolean is(boolean tested) {
        return tested == (rule.sense() == Condition.Sense.HOLDS);
    }
}
