package org.postern.message;

import java.util.List;

/// Puts one mailbox in the place of whatever a user says to be.
final class Masquerade {
    private Masquerade() {}

    /// `value`, the value of a From or Sender field, with `mailbox` in the place of each mailbox in
    /// it; names and comments stay, byte for byte. Where there is no mailbox, or where nobody knows
    /// what others will find in it, `mailbox` takes the place of all.
    static String of(String value, String mailbox) {
        return switch (AddressList.read(value)) {
            case AddressList.Malformed _ -> ' ' + mailbox;
            case AddressList.Found(var places) when places.isEmpty() -> ' ' + mailbox;
            case AddressList.Found(var places) -> replaced(value, places, mailbox);
        };
    }

    private static String replaced(String value, List<AddressList.Place> places, String mailbox) {
        var out = new StringBuilder(value.length() + mailbox.length());
        int from = 0;
        for (var place : places) {
            out.append(value, from, place.from()).append(mailbox);
            from = place.to();
        }
        return out.append(value, from, value.length()).toString();
    }
}
