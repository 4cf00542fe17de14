/// How the tools speak to the rooms: each privileged verb goes straight to the room that owns the
/// answer, over that room's root-only control socket.
@NullMarked
package org.postern.control;

import org.jspecify.annotations.NullMarked;
