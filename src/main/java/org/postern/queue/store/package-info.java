/// Messages and envelopes on disk: append-only segments with group commit, and the live index over
/// them.
///
/// Runs in the queue room, which may read and write the spool and nothing else. What lies on disk
/// at each moment, and what a crash leaves there, is in `docs/spool.md`.
@NullMarked
package org.postern.queue.store;

import org.jspecify.annotations.NullMarked;
