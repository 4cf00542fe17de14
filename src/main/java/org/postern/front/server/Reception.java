package org.postern.front.server;

import java.util.EnumSet;
import java.util.Set;
import org.postern.config.Listen;
import org.postern.mail.Origin;

/// How the clients of one listener are received.
///
/// @param name the name under which we greet, and which completes addresses
/// @param tag for rules to ask about, or empty
/// @param filter the name of the filter of the sessions, or empty
/// @param admission who may log in
record Reception(
        String name,
        String tag,
        String filter,
        Set<Trait> traits,
        Protection protection,
        Admission admission) {
    /// The port of message submission (RFC 6409 section 3.1).
    private static final int SUBMISSION = 587;

    /// What is special about a listener.
    enum Trait {
        /// Received says nothing of the client.
        MASKS_SOURCE,
        /// DSN is offered (RFC 3461).
        OFFERS_DSN,
        /// It is at the port of message submission: whoever comes, messages are mended.
        SUBMISSION_PORT,
        /// It is the local socket: lines may end in LF.
        LOCAL,
        /// This client may say for whom it speaks.
        SPEAKS_FOR_OTHERS,
        /// Clients on this machine may log in without TLS.
        AUTH_WITHOUT_TLS,
        /// Received says who has logged in.
        NAMES_LOGIN
    }

    Reception {
        traits = Set.copyOf(traits);
    }

    /// A reception without TLS.
    Reception(String name, String tag, String filter, Set<Trait> traits) {
        this(name, tag, filter, traits, new Protection.None(), new Admission.Closed());
    }

    /// A reception where nobody logs in.
    Reception(String name, String tag, String filter, Set<Trait> traits, Protection protection) {
        this(name, tag, filter, traits, protection, new Admission.Closed());
    }

    /// What `listen` says, for a server called `serverName`.
    static Reception of(
            Listen listen, String serverName, Protection protection, Admission admission) {
        var traits = EnumSet.noneOf(Trait.class);
        if (listen.masksSource()) {
            traits.add(Trait.MASKS_SOURCE);
        }
        if (listen.offersDsn()) {
            traits.add(Trait.OFFERS_DSN);
        }
        if (listen.authenticatesWithoutTls()) {
            traits.add(Trait.AUTH_WITHOUT_TLS);
        }
        if (listen.namesAuthenticated()) {
            traits.add(Trait.NAMES_LOGIN);
        }
        switch (listen.place()) {
            case Listen.Place.Socket() -> traits.add(Trait.LOCAL);
            case Listen.Place.Network(_) -> {
                if (listen.port() == SUBMISSION) {
                    traits.add(Trait.SUBMISSION_PORT);
                }
            }
        }
        return new Reception(
                listen.hostname().orElse(serverName),
                listen.tag(),
                listen.filter().orElse(""),
                traits,
                protection,
                admission);
    }

    /// The same, under another name.
    Reception called(String newName) {
        return new Reception(newName, tag, filter, traits, protection, admission);
    }

    /// The same, for a client that may say for whom it speaks.
    Reception ofSpeaker() {
        var more = EnumSet.of(Trait.SPEAKS_FOR_OTHERS);
        more.addAll(traits);
        return new Reception(name, tag, filter, more, protection, admission);
    }

    /// The local socket, when the configuration does not speak of it.
    static Reception ofSocket(String serverName) {
        return new Reception(serverName, "", "", Set.of(Trait.OFFERS_DSN, Trait.LOCAL));
    }

    /// The same without a filter.
    Reception(String name, String tag, Set<Trait> traits) {
        this(name, tag, "", traits);
    }

    /// Has the listener this trait?
    boolean has(Trait trait) {
        return traits.contains(trait);
    }

    /// The origin of the mail of a client that calls itself `helo`.
    Origin origin(Peer peer, String helo, Origin.Login login, Origin.Security security) {
        return new Origin(name, tag, peer.address(), peer.hostName(), helo, login, security);
    }
}
