/// Filters: built-in ones, and programs that speak OpenSMTPD's filter protocol. They judge what
/// clients say and send, and are told what happens in sessions.
@NullMarked
package org.postern.front.filter;

import org.jspecify.annotations.NullMarked;
