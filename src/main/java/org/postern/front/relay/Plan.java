package org.postern.front.relay;

import java.net.InetAddress;
import java.util.List;
import org.postern.front.filter.Chain;
import org.postern.front.srs.Senders;
import org.postern.mail.EnhancedStatus;

/// How an action sends a message on, looked up when the message is tried.
///
/// @param helo the name given in EHLO
/// @param sources the addresses to send from; none leaves the choice to the kernel
/// @param naming who the recipients are to the next hop
/// @param senders who the sender is to the next hop
/// @param watchers the filters that are told of its sessions
record Plan(
        Target target,
        String helo,
        List<InetAddress> sources,
        Naming naming,
        Senders senders,
        Chain watchers) {
    Plan {
        sources = List.copyOf(sources);
    }

    /// A plan that tells the next hop the senders as they came.
    Plan(Target target, String helo, List<InetAddress> sources, Naming naming) {
        this(target, helo, sources, naming, Senders.UNCHANGED, Chain.EMPTY);
    }

    /// Where it goes.
    sealed interface Target {
        /// To the mail exchangers of the recipient's domain.
        record Exchangers() implements Target {}

        /// To the first of these that takes it.
        record SmartHosts(List<Hop> hops) implements Target {
            public SmartHosts {
                hops = List.copyOf(hops);
            }
        }
    }

    /// Who the recipients are to the next hop.
    enum Naming {
        /// Their mailboxes; the message goes as it is.
        RELAY,
        /// A neighbour delivers for us, to mailboxes: the trace of the final delivery is added.
        NEIGHBOUR_BY_MAILBOX,
        /// A neighbour delivers for us, to users.
        NEIGHBOUR_BY_USER;

        /// Does the next hop deliver in our place?
        boolean isNeighbour() {
            return this != RELAY;
        }
    }

    /// What the configuration says to an action.
    sealed interface Answer {
        record Planned(Plan plan) implements Answer {}

        /// The configuration does not allow to try; the message waits for a better one.
        record Unplanned(EnhancedStatus status, String why) implements Answer {}
    }
}
