/// The message format, RFC 5322: its header, and the fields that a server adds or completes. No
/// sockets, no rights; used by `front` and by the queue's notifications.
@NullMarked
package org.postern.message;

import org.jspecify.annotations.NullMarked;
