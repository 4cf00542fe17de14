package org.postern.queue.store;

import org.jspecify.annotations.Nullable;
import org.postern.mail.Urgency;

/// An envelope in the index: where its items lie, and what must be known without reading them.
/// Guarded by the index.
final class Live implements IdMap.Identified {
    /// The segment of what is nowhere.
    static final int NOWHERE = 0;

    final long id;
    final Message message;
    final Key key;
    int segment;
    int at;
    int stateSegment;
    int stateAt;

    /// Epoch seconds of the last attempt, unsigned, or 0.
    int lastTry;

    char tries;
    Store.Mark mark = Store.Mark.QUEUED;
    byte warned;
    byte deaths;

    /// The next envelope of the same message, or null at the end of the list.
    @Nullable Live next;

    Live(long id, Message message, Key key) {
        this.id = id;
        this.message = message;
        this.key = key;
    }

    @Override
    public long key() {
        return id;
    }

    /// A message in the index. Guarded by the index.
    static final class Message implements IdMap.Identified {
        final int id;
        int segment;
        int at;
        int contentSegment;
        int contentAt;
        long contentLength;

        /// Epoch milliseconds.
        long created;

        int envelopes;
        Urgency urgency = Urgency.USUAL;

        /// The first of its envelopes, or null while there is none.
        @Nullable Live first;

        Message(int id) {
            this.id = id;
        }

        @Override
        public long key() {
            return id;
        }
    }
}
