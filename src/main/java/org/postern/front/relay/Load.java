package org.postern.front.relay;

import java.io.IOException;
import java.nio.ByteBuffer;

/// The content of a message on its way out, poured once for each sender that a next hop is told,
/// and again where a next hop was lost in the middle.
interface Load {
    /// How many bytes there are, with LF as line ends.
    long length();

    /// About how many bytes there will be on the wire; never less than [#length].
    long declaredLength();

    /// May there be bytes above 127?
    boolean mayHoldEightBit();

    /// Are there bytes above 127 in the header? Where that is not known, all of it is poured away
    /// to see.
    ///
    /// @throws IOException if the queue does not give it
    default boolean hasEightBitHeader() throws IOException {
        var search = new HeaderSearch();
        pour(search);
        return search.found();
    }

    /// Pours all of it.
    ///
    /// @throws PeerLost if the next hop does not take it
    /// @throws IOException if the queue does not give it
    void pour(Vessel into) throws IOException;

    /// What content is poured into.
    interface Vessel {
        /// Takes all that remains in `content`.
        void feed(ByteBuffer content) throws PeerLost;
    }
}
