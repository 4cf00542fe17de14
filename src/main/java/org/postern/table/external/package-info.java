/// Tables that another program answers: the table protocol of OpenSMTPD 7.6 and later, version 0.1,
/// and the side of it that asks.
@NullMarked
package org.postern.table.external;

import org.jspecify.annotations.NullMarked;
