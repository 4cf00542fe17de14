package org.postern.message;

/// Gives the addresses in a From, To or Cc field that lack a domain one, for users who write to
/// `bob` and mean their neighbour.
final class AddressCompletion {
    private AddressCompletion() {}

    /// `value` with `@domain` added to each address of the list that has no domain. What is not
    /// well-formed stays as it is.
    static String complete(String value, String domain) {
        return switch (AddressList.read(value)) {
            case AddressList.Malformed _ -> value;
            case AddressList.Found(var places) -> {
                var out = new StringBuilder(value.length() + 32);
                int from = 0;
                for (var place : places) {
                    out.append(value, from, place.to());
                    from = place.to();
                    if (place.isBare()) {
                        out.append('@').append(domain);
                    }
                }
                yield out.append(value, from, value.length()).toString();
            }
        };
    }
}
