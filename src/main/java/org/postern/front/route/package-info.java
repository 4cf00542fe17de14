/// From a recipient to envelopes: the ruleset, aliases, virtual tables and forward files.
///
/// Part of the room `front` (user `smtpd`): it asks tables, and asks `delivery` about accounts and
/// their forward files by name. It never sees a uid, a home directory or a forwarded command.
@NullMarked
package org.postern.front.route;

import org.jspecify.annotations.NullMarked;
