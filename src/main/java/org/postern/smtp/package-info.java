/// SMTP on the wire, for both sides: commands, replies, paths and their parameters, and the bytes
/// of a message between DATA and its end. No sockets, no rights; used by `front`.
@NullMarked
package org.postern.smtp;

import org.jspecify.annotations.NullMarked;
