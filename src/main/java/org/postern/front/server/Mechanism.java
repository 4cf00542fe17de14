package org.postern.front.server;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.postern.front.server.Logins.Way;

/// The mechanisms of SASL, in the order in which they are offered: the best first.
enum Mechanism {
    /// RFC 7677, bound to the channel.
    SCRAM_SHA_256_PLUS,
    /// RFC 7677.
    SCRAM_SHA_256,
    /// RFC 7628.
    OAUTHBEARER,
    /// What OAUTHBEARER was made from; Google's and Microsoft's.
    XOAUTH2,
    /// RFC 4616.
    PLAIN,
    /// Never standardised; what many clients speak.
    LOGIN;

    /// Its name.
    String word() {
        return name().replace('_', '-');
    }

    /// The mechanism of a name.
    static Optional<Mechanism> of(String word) {
        for (var mechanism : values()) {
            if (mechanism.word().equals(word.toUpperCase(Locale.ROOT))) {
                return Optional.of(mechanism);
            }
        }
        return Optional.empty();
    }

    /// Those that can succeed where logins can do this, on a connection that is bound or not.
    static Set<Mechanism> possible(Set<Way> ways, org.postern.tls.ChannelBindings bindings) {
        var possible = EnumSet.noneOf(Mechanism.class);
        if (ways.contains(Way.PASSWORD)) {
            possible.add(PLAIN);
            possible.add(LOGIN);
        }
        if (ways.contains(Way.TOKEN)) {
            possible.add(OAUTHBEARER);
            possible.add(XOAUTH2);
        }
        if (ways.contains(Way.SCRAM)) {
            possible.add(SCRAM_SHA_256);
            if (bindings.isAny()) {
                possible.add(SCRAM_SHA_256_PLUS);
            }
        }
        return possible;
    }
}
