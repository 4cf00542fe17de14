/// The supervisor: starts, watches, reloads and stops the rooms. It runs as root, never touches a
/// byte of mail and never listens on a network socket.
@NullMarked
package org.postern.supervisor;

import org.jspecify.annotations.NullMarked;
