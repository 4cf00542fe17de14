package org.postern.config;

/// How many sessions the clients of one address, and of one network, may have. A network is 24 bits
/// of IPv4 or 64 of IPv6; clients of this machine are not counted.
///
/// @param ofAddress sessions of an address at a time
/// @param ofNetwork sessions of a network at a time
/// @param rateOfAddress new sessions of an address in a minute
/// @param rateOfNetwork new sessions of a network in a minute
public record Crowding(int ofAddress, int ofNetwork, int rateOfAddress, int rateOfNetwork) {
    /// The names of the limits.
    public enum Name {
        MAX_SESSION_PER_ADDRESS,
        MAX_SESSION_PER_NETWORK,
        MAX_RATE_PER_ADDRESS,
        MAX_RATE_PER_NETWORK
    }

    /// What holds when the configuration says nothing: a large office behind one address, or a
    /// large sender, does not come near.
    public static final Crowding STANDARD = new Crowding(500, 2000, 2000, 8000);

    public Crowding {
        if (ofAddress < 1 || ofNetwork < 1 || rateOfAddress < 1 || rateOfNetwork < 1) {
            throw new IllegalArgumentException("a limit that lets nobody in");
        }
    }

    /// The same with one limit changed.
    Crowding with(Name name, int number) {
        return switch (name) {
            case MAX_SESSION_PER_ADDRESS ->
                    new Crowding(number, ofNetwork, rateOfAddress, rateOfNetwork);
            case MAX_SESSION_PER_NETWORK ->
                    new Crowding(ofAddress, number, rateOfAddress, rateOfNetwork);
            case MAX_RATE_PER_ADDRESS -> new Crowding(ofAddress, ofNetwork, number, rateOfNetwork);
            case MAX_RATE_PER_NETWORK -> new Crowding(ofAddress, ofNetwork, rateOfAddress, number);
        };
    }
}
