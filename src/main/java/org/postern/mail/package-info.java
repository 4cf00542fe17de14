/// The vocabulary of the house: mailboxes, paths, ids, envelopes. Values only; depends on nothing.
@NullMarked
package org.postern.mail;

import org.jspecify.annotations.NullMarked;
