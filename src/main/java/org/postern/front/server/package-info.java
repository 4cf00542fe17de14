/// Listeners and SMTP sessions: strangers come in here. Runs in the room `front`, as an
/// unprivileged user that may bind the configured ports.
@NullMarked
package org.postern.front.server;

import org.jspecify.annotations.NullMarked;
