package org.postern.front.route;

import java.util.List;
import org.postern.mail.Share;
import org.postern.mail.Share.Destination;

/// What a share becomes that is routed again, of all that its recipient expands to now.
///
/// A recipient may have become several shares, and each of them is routed again by itself: if each
/// became all, everybody would get the message several times. So a share stays what it was, by
/// another action, where the rules still lead there; only if they do not, it becomes whatever they
/// lead to.
final class Again {
    private Again() {}

    /// What `old` becomes, when its recipient expands to `now`.
    static Routing of(Share old, List<Share> now) {
        var same = now.stream().filter(share -> isSame(old.destination(), share)).toList();
        var own = same.stream().filter(one -> one.recipient().equals(old.recipient())).toList();
        if (own.size() > 1) {
            return new Routing.Refused(
                    Routing.Answer.badList(old.recipient()),
                    "it is one of " + own.size() + " that look the same from here");
        }
        return new Routing.Accepted(
                (own.isEmpty() ? now : own).stream().map(share -> isNow(old, share)).toList());
    }

    /// Does `share` go where `old` went, by whatever action? A seal is another one each time.
    private static boolean isSame(Destination old, Share share) {
        return switch (old) {
            case Destination.Sealed(var user, var kind, _) ->
                    share.destination() instanceof Destination.Sealed(var owner, var sort, _)
                            && owner.equals(user)
                            && sort == kind;
            case Destination.Account _,
                    Destination.Listed _,
                    Destination.Remote _,
                    Destination.Unrouted _ ->
                    share.destination().equals(old);
        };
    }

    private static Share isNow(Share old, Share share) {
        return new Share(
                old.originalRecipient(),
                share.recipient(),
                share.action(),
                share.destination(),
                share.dsnNotify(),
                share.dsnOriginalRecipient());
    }
}
