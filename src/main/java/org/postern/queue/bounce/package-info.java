/// Delivery status notifications (RFC 3461, RFC 3464): who is told what, and in which form.
///
/// Runs in the queue room, with its rights.
@NullMarked
package org.postern.queue.bounce;

import org.jspecify.annotations.NullMarked;
