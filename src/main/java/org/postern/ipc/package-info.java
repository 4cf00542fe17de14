/// How rooms speak: one file per conversation, one codec, and the sockets between processes.
///
/// Every frame is bounded, every record's constructor refuses what cannot be, and a malformed frame
/// ends its own conversation only. Nothing that crosses names a uid, a path or a command.
@NullMarked
package org.postern.ipc;

import org.jspecify.annotations.NullMarked;
