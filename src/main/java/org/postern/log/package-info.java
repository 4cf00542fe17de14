/// The log: one event, one line, one format; on standard error or in the system's log.
@NullMarked
package org.postern.log;

import org.jspecify.annotations.NullMarked;
