package org.postern.front.srs;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.postern.config.SrsSettings;
import org.postern.mail.Mailbox;

/// Rewrites the senders of forwarded mail, so that the next hop finds a domain that may send it, and
/// understands what comes back.
///
///     alice@orig.example          SRS0=HHHH=TT=orig.example=alice@fwd.example
///     SRS0=REST@fwd.example       SRS1=HHHH=fwd.example==REST@second.example
///
/// `HHHH` is the beginning of a SHA-1 over our key and what follows; `TT` is the day. A hash of 24
/// bits can be guessed with patience; what that gains is one mailbox to which notifications are
/// relayed for a few days. Any thread may ask.
public final class Srs {
    private static final int HASH = 4;
    private static final int DAYS = 1024;
    private static final int LONGEST = 255;
    private static final String BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private static final String ONCE = "SRS0=";
    private static final String AGAIN = "SRS1=";

    private final List<String> keys;
    private final long days;
    private final InstantSource clock;

    /// A rewriter that signs with the first of `keys` and believes all of them.
    ///
    /// @param ttl how long a rewritten sender is believed, in whole days
    public Srs(List<String> keys, Duration ttl, InstantSource clock) {
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("no key");
        }
        this.keys = List.copyOf(keys);
        this.days = ttl.toDays();
        this.clock = clock;
    }

    /// The rewriter that a configuration asks for; none without a key.
    public static Optional<Srs> of(SrsSettings settings, InstantSource clock) {
        if (settings.key().isEmpty()) {
            return Optional.empty();
        }
        var keys =
                settings.backupKey().isEmpty()
                        ? List.of(settings.key())
                        : List.of(settings.key(), settings.backupKey());
        return Optional.of(new Srs(keys, settings.ttl(), clock));
    }

    /// What became of a recipient.
    public sealed interface Reading {
        /// It was a rewritten sender, and this was the mailbox.
        record Decoded(Mailbox mailbox) implements Reading {}

        /// It looks like a rewritten sender, and is not one of ours, or is too old.
        record Undecodable(String why) implements Reading {}

        /// It does not look like one.
        record Ordinary() implements Reading {}
    }

    /// The sender under which mail that was for a mailbox in `domain` is sent on; the same sender
    /// if it would not fit.
    public Mailbox rewrite(Mailbox sender, String domain) {
        var local = sender.localPart();
        if (begins(local, ONCE)) {
            var text = sender.domain() + "==" + local.substring(ONCE.length()) + '@' + domain;
            return signed(AGAIN, text).orElse(sender);
        }
        if (begins(local, AGAIN)) {
            int rest = AGAIN.length() + HASH + 1;
            return local.length() <= rest || "=+-".indexOf(local.charAt(rest - 1)) < 0
                    ? sender
                    : signed(AGAIN, local.substring(rest) + '@' + domain).orElse(sender);
        }
        var text = today() + '=' + sender.domain() + '=' + local + '@' + domain;
        return signed(ONCE, text).orElse(sender);
    }

    private Optional<Mailbox> signed(String prefix, String text) {
        var whole = prefix + hash(keys.getFirst(), text) + '=' + text;
        return whole.length() > LONGEST ? Optional.empty() : Mailbox.parse(whole);
    }

    /// Takes a recipient apart. What comes out is a mailbox by all rules of mailboxes, and never a
    /// rewritten sender of ours again.
    public Reading read(Mailbox recipient) {
        var local = recipient.localPart();
        if (!begins(local, ONCE) && !begins(local, AGAIN)) {
            return new Reading.Ordinary();
        }
        int hashEnd = ONCE.length() + HASH;
        if (local.length() <= hashEnd || local.charAt(hashEnd) != '=') {
            return new Reading.Undecodable("malformed");
        }
        var rest = local.substring(hashEnd + 1);
        if (!isSigned(local.substring(ONCE.length(), hashEnd), rest + '@' + recipient.domain())) {
            return new Reading.Undecodable("the hash is not ours");
        }
        return begins(local, ONCE) ? readOnce(rest) : readAgain(rest);
    }

    /// `TT=domain=user`.
    private Reading readOnce(String rest) {
        int end = rest.indexOf('=', 3);
        if (rest.length() < 3 || rest.charAt(2) != '=' || end < 0) {
            return new Reading.Undecodable("malformed");
        }
        if (!isRecent(rest.substring(0, 2))) {
            return new Reading.Undecodable("it is too old");
        }
        var user = rest.substring(end + 1);
        if (begins(user, ONCE) || begins(user, AGAIN)) {
            return new Reading.Undecodable("rewritten twice by the same host");
        }
        return mailbox(user, rest.substring(3, end));
    }

    /// `host==HHHH=TT=domain=user`; the inner hash is another host's, the day is not.
    private Reading readAgain(String rest) {
        int end = rest.indexOf('=');
        if (end < 0 || !rest.startsWith("==", end)) {
            return new Reading.Undecodable("malformed");
        }
        var inner = rest.substring(end + 2);
        int hashEnd = inner.indexOf('=');
        if (hashEnd < 0 || inner.indexOf('=', hashEnd + 1) != hashEnd + 3) {
            return new Reading.Undecodable("malformed");
        }
        return isRecent(inner.substring(hashEnd + 1, hashEnd + 3))
                ? mailbox(ONCE + inner, rest.substring(0, end))
                : new Reading.Undecodable("it is too old");
    }

    private static Reading mailbox(String localPart, String domain) {
        return Mailbox.of(localPart, domain)
                .<Reading>map(Reading.Decoded::new)
                .orElseGet(() -> new Reading.Undecodable("no mailbox comes out"));
    }

    private static boolean begins(String text, String prefix) {
        return text.regionMatches(true, 0, prefix, 0, prefix.length());
    }

    private boolean isSigned(String hash, String text) {
        boolean signed = false;
        for (var key : keys) {
            signed |=
                    MessageDigest.isEqual(
                            hash.getBytes(StandardCharsets.ISO_8859_1),
                            hash(key, text).getBytes(StandardCharsets.ISO_8859_1));
        }
        return signed;
    }

    private static String hash(String key, String text) {
        try {
            var digest =
                    MessageDigest.getInstance("SHA-1")
                            .digest((key + text).getBytes(StandardCharsets.ISO_8859_1));
            return Base64.getUrlEncoder().encodeToString(digest).substring(0, HASH);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-1", e);
        }
    }

    private int day() {
        return Math.floorMod(clock.instant().getEpochSecond() / 86_400, DAYS);
    }

    private String today() {
        int day = day();
        return "" + BASE32.charAt(day / 32) + BASE32.charAt(day % 32);
    }

    /// A day of the last `ttl`, today, or tomorrow, for the clock of the day's writer may go before
    /// ours.
    private boolean isRecent(String stamp) {
        int high = BASE32.indexOf(stamp.charAt(0));
        int low = BASE32.indexOf(stamp.charAt(1));
        int age = Math.floorMod(day() - (high * 32 + low), DAYS);
        return high >= 0 && low >= 0 && (age <= days || age == DAYS - 1);
    }
}
