package org.postern.config;

import java.time.Duration;

/// What the `srs` directives of a configuration say together.
///
/// @param key signs what is sent; empty if there is none, and then no action says `srs`
/// @param backupKey is accepted besides `key` in what comes back; empty if there is none
/// @param ttl how long an address may come back; whole days, at least one
public record SrsSettings(String key, String backupKey, Duration ttl) {

    /// What holds when the configuration says nothing.
    public static final SrsSettings NONE = new SrsSettings("", "", Duration.ofDays(4));

    /// These settings and what the directive changes in them.
    SrsSettings with(Srs.Option option) {
        return switch (option) {
            case Srs.Option.Key(var secret) -> new SrsSettings(secret, backupKey, ttl);
            case Srs.Option.BackupKey(var secret) -> new SrsSettings(key, secret, ttl);
            case Srs.Option.Lifetime(var time) -> new SrsSettings(key, backupKey, time);
        };
    }

    /// The secrets are not shown.
    @Override
    public String toString() {
        return "SrsSettings[" + (key.isEmpty() ? "no key" : "***") + ", " + ttl + ']';
    }
}
