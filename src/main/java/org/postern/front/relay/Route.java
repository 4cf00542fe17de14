package org.postern.front.relay;

import org.postern.front.filter.Chain;

/// A source address to a next hop address, spoken to in one manner. Messages on the same route can
/// share a session.
///
/// @param helo the name given in EHLO
/// @param watchers the filters that are told of its sessions
record Route(Source source, Stop stop, String helo, Chain watchers) {
    /// The same route, in clear.
    Route inClear() {
        return new Route(source, stop.inClear(), helo, watchers);
    }

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
