/// The room that acts as a user: it puts mail into Maildirs, mailboxes and files, runs delivery
/// commands, and reads forward files.
///
/// It runs as root with the capabilities SETUID, SETGID, CHOWN and KILL alone, and does everything
/// that concerns a user's files with that user's rights. It hears names, never a uid, a path or a
/// command: those it looks up in its own copy of the configuration, or opens from a seal that only
/// it can make. It has no network.
@NullMarked
package org.postern.delivery;

import org.jspecify.annotations.NullMarked;
