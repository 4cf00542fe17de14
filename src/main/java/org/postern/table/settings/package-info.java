/// The small files that say how the built-in backends of tables reach their server, and what they
/// ask it: `table name sqlite:/etc/mail/sqlite.conf` and the like.
@NullMarked
package org.postern.table.settings;

import org.jspecify.annotations.NullMarked;
