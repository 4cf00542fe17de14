/// The programs that people and scripts call: `smtpctl`, `mailq` and `sendmail`.
///
/// They live for a moment, with the rights of whoever calls them: none is set-user-id or
/// set-group-id, and what one may order is decided by the room that hears it. They parse their
/// arguments by hand and ask no name server, so that they start quickly.
@NullMarked
package org.postern.tool;

import org.jspecify.annotations.NullMarked;
