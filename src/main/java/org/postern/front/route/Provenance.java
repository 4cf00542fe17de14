package org.postern.front.route;

/// Where the mailbox that the ruleset is asked about came from.
public enum Provenance {
    /// The client named it.
    CLIENT,
    /// An alias, a virtual table or a forward file did: the rules see it as coming from `local`.
    /// Never derived from what a client says.
    EXPANSION
}
