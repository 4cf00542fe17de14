package org.postern.config;

/// What a table is asked for; it decides how keys are compared and values read (table(5)).
public enum Service {
    /// Comma-separated recipients of an alias.
    ALIAS,
    /// Whether a login and password belong together; for external tables only.
    AUTH,
    /// Whose a token is that stands in the place of a password; for external tables only.
    TOKEN,
    /// Host name patterns.
    DOMAIN,
    /// A login and its password or password hash.
    CREDENTIALS,
    /// Addresses and networks.
    NETADDR,
    /// `uid:gid:directory` of an account.
    USERINFO,
    /// Source addresses of outgoing connections.
    SOURCE,
    /// Mailboxes, bare users or bare domains.
    MAILADDR,
    /// The sender mailboxes that a login may use.
    MAILADDRMAP,
    /// The host name that belongs to an address.
    ADDRNAME,
    /// Relay URLs.
    RELAYHOST,
    /// Plain text, compared without regard to case.
    STRING,
    /// POSIX extended regular expressions.
    REGEX
}
