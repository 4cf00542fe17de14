/// The programs that answer for tables from databases, directories and Redis: one process for each
/// table, started by the supervisor when `front` calls ([TableProgram] says what it may do).
@NullMarked
package org.postern.backend;

import org.jspecify.annotations.NullMarked;
