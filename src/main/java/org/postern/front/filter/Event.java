package org.postern.front.filter;

import java.util.Locale;

/// What filters can be told of.
public enum Event {
    LINK_CONNECT,
    LINK_GREETING,
    LINK_IDENTIFY,
    LINK_TLS,
    LINK_AUTH,
    LINK_DISCONNECT,
    TX_BEGIN,
    TX_MAIL,
    TX_RCPT,
    TX_ENVELOPE,
    TX_DATA,
    TX_COMMIT,
    TX_ROLLBACK,
    TX_RESET,
    PROTOCOL_CLIENT,
    PROTOCOL_SERVER,
    FILTER_REPORT,
    FILTER_RESPONSE,
    TIMEOUT;

    private final String word = name().toLowerCase(Locale.ROOT).replace('_', '-');

    String word() {
        return word;
    }

    /// Is there nothing to say of it? Else there are fields, even if they are empty.
    boolean isBare() {
        return this == LINK_DISCONNECT || this == TIMEOUT;
    }
}
