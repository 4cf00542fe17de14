/// The sender rewriting scheme: senders of forwarded mail in a form of our own, and back.
@NullMarked
package org.postern.front.srs;

import org.jspecify.annotations.NullMarked;
