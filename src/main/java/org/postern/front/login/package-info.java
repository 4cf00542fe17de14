/// What clients send to log in, taken apart: the messages of the mechanisms of SASL (RFC 4422).
/// Knows nothing of sessions or passwords.
@NullMarked
package org.postern.front.login;

import org.jspecify.annotations.NullMarked;
