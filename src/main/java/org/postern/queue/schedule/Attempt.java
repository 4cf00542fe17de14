package org.postern.queue.schedule;

import java.util.List;
import org.postern.ipc.Work.Lane;
import org.postern.mail.EnvelopeId;
import org.postern.queue.store.Store;

/// One try at some envelopes for one destination, which a worker has: of one message, or of several
/// small ones.
///
/// @param leased the envelopes, at least one
public record Attempt(Lane lane, Group group, List<Store.Leased> leased) {
    public Attempt {
        leased = List.copyOf(leased);
    }

    /// The ids of the envelopes.
    public List<EnvelopeId> ids() {
        return leased.stream().map(one -> one.envelope().id()).toList();
    }
}
