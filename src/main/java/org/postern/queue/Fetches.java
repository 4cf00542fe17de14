package org.postern.queue;

import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;
import org.postern.ipc.Work;
import org.postern.mail.MessageId;
import org.postern.queue.store.Content;
import org.postern.queue.store.Store;

/// The content of the message that a worker was handed, from its beginning each time the worker
/// fetches it: it is opened again, and not kept in memory meanwhile. Only as often as the worker
/// can have a use for it. Belongs to one thread.
final class Fetches implements Closeable {
    private final Store store;
    private final MessageId message;
    private int left;

    // The content as it was opened for the attempt; empty once it was sent.
    private Optional<Content> opened;

    /// The fetches of an attempt at `envelopes` envelopes of `message`, whose content is `opened`.
    Fetches(Store store, MessageId message, Content opened, int envelopes) {
        this.store = store;
        this.message = message;
        this.opened = Optional.of(opened);
        this.left = envelopes + Work.Fetch.SPARE;
    }

    /// The content, to be closed by the caller.
    ///
    /// @throws IOException if it was fetched too often, or its message was removed meanwhile
    Content next() throws IOException {
        if (left-- <= 0) {
            throw new IOException("the content of " + message + " was fetched too often");
        }
        if (opened.isPresent()) {
            var first = opened.get();
            opened = Optional.empty();
            return first;
        }
        return store.content(message)
                .orElseThrow(() -> new IOException("message " + message + " was removed"));
    }

    @Override
    public void close() throws IOException {
        if (opened.isPresent()) {
            opened.get().close();
        }
    }
}
