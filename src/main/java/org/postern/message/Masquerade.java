package org.postern.message;

/// Puts one mailbox in the place of whatever a user says to be.
final class Masquerade {
    private Masquerade() {}

    /// `value`, the value of a From or Sender field, with `mailbox` in the place of each mailbox in
    /// it; names and comments stay, byte for byte. Where there is no mailbox, or where nobody knows
    /// what others will find in it, `mailbox` takes the place of all.
    static String of(String value, String mailbox) {
        var places = AddressList.mailboxes(value);
        if (places.isEmpty() || places.get().isEmpty()) {
            return ' ' + mailbox;
        }
        var out = new StringBuilder(value.length() + mailbox.length());
        int from = 0;
        for (var place : places.get()) {
            out.append(value, from, place.from()).append(mailbox);
            from = place.to();
        }
        return out.append(value, from, value.length()).toString();
    }
}
