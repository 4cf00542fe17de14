package org.postern.front.relay;

/// A source address to a next hop address, spoken to in one manner. Messages on the same route can
/// share a session.
///
/// @param helo the name given in EHLO
record Route(Source source, Stop stop, String helo) {
    /// The route as the log shows it: both ends.
    String text() {
        var from =
                switch (source) {
                    case Source.Any() -> "-";
                    case Source.Address(var address) -> Stop.key(address);
                };
        return from + " <-> " + stop.where();
    }
}
