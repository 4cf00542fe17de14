package org.postern.queue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.postern.mail.MessageId;
import org.postern.queue.store.Store;

/// The ids that were given out for messages, and not used yet. Each belongs to the conversation in
/// which it was given out, and goes back to the store when that ends, but may be used in any.
///
/// May be used from any thread.
final class Ids {
    /// How many there may be: as many mail transactions as clients can keep open, and more.
    static final int MOST = 20_000;

    private final Store store;
    private final Map<MessageId, Convoy> out = new ConcurrentHashMap<>();

    Ids(Store store) {
        this.store = store;
    }

    /// Gives out as many ids, or fewer, when there are [#MOST].
    List<MessageId> give(Convoy owner, int count) {
        var given = new ArrayList<MessageId>();
        while (given.size() < count && out.size() < MOST) {
            given.add(give(owner));
        }
        return given;
    }

    /// Gives out one more, for one that was used.
    MessageId give(Convoy owner) {
        var id = store.reserve();
        out.put(id, owner);
        return id;
    }

    /// Gives an id out that is reserved already.
    void giveAgain(MessageId id, Convoy owner) {
        out.put(id, owner);
    }

    /// Uses an id.
    ///
    /// @throws IOException if it was not given out, or was used before
    void take(MessageId id) throws IOException {
        if (out.remove(id) == null) {
            throw new IOException("a message with the id " + id + ", which was not given out");
        }
    }

    /// Gives back what `owner` was given and nobody has used.
    void end(Convoy owner) {
        out.forEach(
                (id, whose) -> {
                    if (whose == owner && out.remove(id, owner)) {
                        store.giveBack(id);
                    }
                });
    }
}
