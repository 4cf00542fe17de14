package org.postern.queue.schedule;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.postern.mail.Envelope;
import org.postern.mail.Mailbox;
import org.postern.mail.Share;
import org.postern.queue.store.Store;

/// The envelopes of one message, when one of them is routed: what leads where another already goes
/// would be delivered twice.
final class Siblings {
    private final Store store;

    Siblings(Store store) {
        this.store = store;
    }

    /// Where a share goes, by whatever action.
    private record Way(
            Mailbox originalRecipient, Mailbox recipient, Share.Destination destination) {
        static Way of(Share share) {
            return new Way(share.originalRecipient(), share.recipient(), share.destination());
        }
    }

    /// Those of `shares`, which are to replace `envelope`, that no other envelope of the message is
    /// already. Only those that lead elsewhere than the envelope did are looked for.
    List<Share> without(Envelope envelope, List<Share> shares) {
        var own = Way.of(envelope.share());
        if (envelope.share().destination() instanceof Share.Destination.Unrouted
                || shares.stream().allMatch(share -> Way.of(share).equals(own))) {
            return shares;
        }
        var taken = others(envelope);
        return shares.stream().filter(share -> !taken.contains(Way.of(share))).toList();
    }

    private Set<Way> others(Envelope envelope) {
        var ways = new HashSet<Way>();
        for (var id : store.envelopes(envelope.id().message())) {
            if (id.equals(envelope.id())) {
                continue;
            }
            try {
                store.look(id).ifPresent(one -> ways.add(Way.of(one.envelope().share())));
            } catch (IOException e) {
                // It cannot be read, so it goes nowhere; who tries it says so.
            }
        }
        return ways;
    }
}
