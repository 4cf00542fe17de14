package org.postern.tool;

import java.util.List;
import java.util.Optional;
import org.postern.mail.AddressSyntax;
import org.postern.mail.Mailbox;
import org.postern.message.AddressList;

/// The addresses that users write on command lines and into header fields.
final class WrittenAddresses {
    /// What is wrong with a list.
    static final class BadAddress extends Exception {
        private static final long serialVersionUID = 1;

        BadAddress(String text) {
            super(text);
        }
    }

    private WrittenAddresses() {}

    /// The addresses in `text`, as they are written: `local-part` or `local-part@domain`.
    ///
    /// @throws BadAddress if it is not a list of addresses
    static List<String> parse(String text) throws BadAddress {
        return switch (AddressList.read(text.replace("\r\n", "\n"))) {
            case AddressList.Found(var places) ->
                    places.stream().map(AddressList.Place::address).toList();
            case AddressList.Malformed(var why) ->
                    throw new BadAddress(why + " in \"" + text.strip() + '"');
        };
    }

    /// The mailbox that `address` is on a machine called `domain`: an address without a domain is
    /// one of its users, and needless quotes are dropped. Empty if it is none.
    static Optional<Mailbox> complete(String address, String domain) {
        int at = address.lastIndexOf('@');
        var local = at < 0 ? address : address.substring(0, at);
        if (local.length() > 2 && local.startsWith("\"") && local.endsWith("\"")) {
            var inside = local.substring(1, local.length() - 1);
            local = AddressSyntax.isLocalPart(inside) ? inside : local;
        }
        return Mailbox.of(local, at < 0 ? domain : address.substring(at + 1));
    }
}
