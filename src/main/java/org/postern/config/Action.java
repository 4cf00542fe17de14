package org.postern.config;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// An `action` directive: a named way to dispose of a message.
///
///     action name method [ option ... ] [ ttl time ]
public sealed interface Action extends Directive permits LocalAction, RelayAction {

    /// The number of bytes the name of an action may have; it is stored in every envelope.
    int MAX_NAME = 64;

    /// The name by which matches and envelopes refer to the action.
    String name();

    /// How long an envelope of this action may wait in the queue, if the action says so itself.
    Optional<Duration> ttl();

    /// The words that name a method.
    enum Word {
        EXPAND_ONLY,
        FORWARD_ONLY,
        LMTP,
        MAILDIR,
        MBOX,
        MDA,
        RELAY
    }

    /// The word that ends an action's options.
    enum Last {
        TTL
    }

    /// Reads the rest of a line that began with `action`.
    static Action parse(Tokens in) throws Syntax {
        var at = in.position();
        var name = in.string("the name of an action");
        if (name.isEmpty() || name.length() > MAX_NAME || !Tokens.isPlain(name)) {
            throw in.error(
                    at, "the name of an action has 1 to " + MAX_NAME + " printable characters");
        }
        var word = in.word(Word.class, "a method");
        return word == Word.RELAY
                ? RelayAction.parse(in, at, name)
                : LocalAction.parse(in, at, name, word);
    }

    /// How long an envelope may wait; the last option of either kind of action.
    record Ttl(Duration time) implements LocalAction.Option, RelayAction.Option {

        /// Reads `ttl time` where one may stand, and adds it to the options.
        static void parse(Tokens in, List<? super Ttl> options) throws Syntax {
            if (in.accepts(Last.class)) {
                options.add(new Ttl(in.duration()));
            }
            in.refuseRepeated(Last.class);
        }
    }
}
