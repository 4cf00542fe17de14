package org.postern.front.route;

import java.util.List;
import java.util.function.Supplier;
import org.postern.config.Condition;
import org.postern.config.Match;
import org.postern.front.srs.Srs;
import org.postern.ipc.Accounts;
import org.postern.mail.Mailbox;
import org.postern.mail.Share;
import org.postern.table.AliasValue;
import org.postern.table.Answer;

/// Follows an expansion step by step, for a tool that explains it.
@FunctionalInterface
public interface Trail {
    /// The trail that nobody follows: no step is even made.
    Trail NOBODY = _ -> {};

    /// One step was done, on the thread that routes.
    void add(Supplier<Step> step);

    /// A step of the expansion. The depth is 0 for the recipient itself.
    sealed interface Step {
        /// A mailbox is asked of the ruleset.
        record Asked(int depth, Mailbox mailbox, Provenance provenance) implements Step {}

        /// A mailbox was looked at: is it a sender that we have rewritten?
        record Read(int depth, Mailbox mailbox, Srs.Reading reading) implements Step {}

        /// A condition of a match was tested; `!` is not yet applied to the finding.
        ///
        /// @param key what was compared, or looked for in the table; empty if nothing was
        record Tested(Match match, Condition condition, String key, Finding finding)
                implements Step {}

        /// The ruleset has decided.
        record Decided(int depth, Mailbox mailbox, Decision decision) implements Step {}

        /// A key was looked up in an alias or virtual table.
        record LookedUp(int depth, String table, String key, Answer<List<AliasValue>> values)
                implements Step {}

        /// An account was asked for.
        record Asking(int depth, String user, Accounts.Answer answer) implements Step {}

        /// What is the same as before was left out.
        record Repeated(int depth, String what) implements Step {}

        /// A share came of it.
        record Became(int depth, Share share) implements Step {}
    }
}
