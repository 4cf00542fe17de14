package org.postern.front.route;

import org.postern.config.Action;
import org.postern.config.Match;

/// What the ruleset decided about a mailbox.
public sealed interface Decision {
    /// The match gives it to an action.
    record Act(Match match, Action action) implements Decision {}

    /// The match rejects it.
    record Rejected(Match match) implements Decision {}

    /// No match fits.
    record Unmatched() implements Decision {}

    /// A table could not be asked, so no later match was tried either: this fails closed.
    record CouldNotTell(Match match, String cause) implements Decision {}
}
