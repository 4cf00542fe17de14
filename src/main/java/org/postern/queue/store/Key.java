package org.postern.queue.store;

import org.postern.mail.AddressSyntax;
import org.postern.mail.Share;
import org.postern.mail.Share.Destination;

/// What a schedule has to know of a share without reading it from the disk: equal keys are one
/// object in the index.
///
/// @param name the domain of the recipient in lower case, or the user
public record Key(String action, Kind kind, String name) {
    /// The kinds of destination.
    public enum Kind {
        REMOTE,
        ACCOUNT,
        COMMAND_OR_FILE,
        UNROUTED
    }

    /// The key of `share`.
    public static Key of(Share share) {
        return switch (share.destination()) {
            case Destination.Remote() ->
                    new Key(
                            share.action(),
                            Kind.REMOTE,
                            AddressSyntax.fold(share.recipient().domain()));
            case Destination.Account(var user, _) -> new Key(share.action(), Kind.ACCOUNT, user);
            case Destination.Sealed(var user, _, _) ->
                    new Key(share.action(), Kind.COMMAND_OR_FILE, user);
            case Destination.Listed(_, _, _, _) ->
                    new Key(share.action(), Kind.COMMAND_OR_FILE, "");
            case Destination.Unrouted() -> new Key(share.action(), Kind.UNROUTED, "");
        };
    }
}
