package org.postern.config;

import java.util.ArrayList;
import java.util.List;

/// An `mta` directive: how mail is sent out.
///
///     mta max-deferred number
///     mta limit [ for domain string ] { "inet4" | "inet6" | name number }
public record Mta(Position at, Option option) implements Directive {

    /// One setting.
    public sealed interface Option {
        /// How many envelopes of a next hop that is down are remembered, to be tried as soon as it
        /// is up again.
        record MaxDeferred(int number) implements Option {}

        /// Limits for all destinations that have none of their own.
        record Limit(List<Change> changes) implements Option {
            public Limit {
                changes = List.copyOf(changes);
            }
        }

        /// Limits for one destination: a domain, or the name of a smart host. What it does not say
        /// is as the limits for all were before this line.
        record DomainLimit(String domain, List<Change> changes) implements Option {
            public DomainLimit {
                changes = List.copyOf(changes);
            }
        }
    }

    /// One thing that a limit sets.
    public sealed interface Change {
        /// Only addresses of this family are connected to.
        record Family(Listen.Family family) implements Change {}

        /// A number.
        record Count(Name name, int number) implements Change {}
    }

    /// The names of the numbers; times are in seconds.
    public enum Name implements Limits.Name {
        MAX_CONN_PER_HOST(10),
        MAX_CONN_PER_ROUTE(5),
        MAX_CONN_PER_SOURCE(100),
        MAX_CONN_PER_CONNECTOR(20),
        MAX_CONN_PER_RELAY(100),
        MAX_CONN_PER_DOMAIN(100),
        CONN_DELAY_HOST(0),
        CONN_DELAY_ROUTE(5),
        CONN_DELAY_SOURCE(0),
        CONN_DELAY_CONNECTOR(0),
        CONN_DELAY_RELAY(2),
        CONN_DELAY_DOMAIN(0),
        RECONN_DELAY_ROUTE(3),
        SESSION_MAIL_MAX(100),
        SESSION_TRANSACTION_DELAY(0),
        SESSION_KEEPALIVE(10),
        MAX_FAILURES_PER_SESSION(25),
        TASK_HIWAT(50),
        TASK_LOWAT(30),
        TASK_RELEASE(10);

        private final int standard;

        Name(int standard) {
            this.standard = standard;
        }

        @Override
        public int standard() {
            return standard;
        }
    }

    /// The words after `mta`.
    enum Word {
        LIMIT,
        MAX_DEFERRED
    }

    /// The word that begins the destination of a limit.
    enum ForWord {
        FOR
    }

    /// The word after `for`.
    enum DomainWord {
        DOMAIN
    }

    /// The words for an address family.
    enum FamilyWord {
        INET4,
        INET6
    }

    /// Reads the rest of a line that began with `mta`.
    static Mta parse(Tokens in, Position at) throws Syntax {
        return new Mta(
                at,
                switch (in.word(Word.class, "an option of mta")) {
                    case MAX_DEFERRED -> new Option.MaxDeferred(in.count());
                    case LIMIT -> limit(in);
                });
    }

    private static Option limit(Tokens in) throws Syntax {
        if (!in.accepts(ForWord.class)) {
            return new Option.Limit(changes(in));
        }
        in.word(DomainWord.class, "domain");
        return new Option.DomainLimit(in.hostName("a domain"), changes(in));
    }

    private static List<Change> changes(Tokens in) throws Syntax {
        var changes = new ArrayList<Change>();
        while (true) {
            if (in.sees(FamilyWord.class)) {
                changes.add(
                        new Change.Family(
                                switch (in.word(FamilyWord.class, "a family")) {
                                    case INET4 -> Listen.Family.INET4;
                                    case INET6 -> Listen.Family.INET6;
                                }));
            } else if (in.seesString()) {
                changes.add(new Change.Count(in.name(Name.class, "a limit of mta"), in.count()));
            } else {
                return changes;
            }
        }
    }
}
