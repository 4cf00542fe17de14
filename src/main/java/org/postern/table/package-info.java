/// Tables: named lists and mappings, how their keys are compared and their values read.
///
/// A library of the rooms that ask tables, above all `front`, which may read the files of tables
/// and nothing else. "Not there" and "could not look" are never the same answer.
@NullMarked
package org.postern.table;

import org.jspecify.annotations.NullMarked;
