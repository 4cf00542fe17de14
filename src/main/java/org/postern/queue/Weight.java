package org.postern.queue;

import java.util.List;
import org.postern.mail.Mailbox;
import org.postern.mail.MessageFacts;
import org.postern.mail.Origin;
import org.postern.mail.ReversePath;
import org.postern.mail.Share;
import org.postern.mail.Share.Destination;

/// About how many bytes of memory a message takes that comes in, beside its content: its words as
/// objects, and once more as the bytes of its record, which grow by doubling.
final class Weight {
    /// The objects of a share without their texts, its id, and its place in lists.
    private static final long SHARE = 512;

    /// A draft with the first bytes of its record, and the objects of its facts.
    private static final long DRAFT = 8192 + 1024;

    /// How often a byte of text is in memory: in its object, and up to twice in a record that has
    /// just grown.
    private static final long TIMES = 3;

    private Weight() {}

    /// Of content of this length.
    static long ofContent(int length) {
        return 2L * length;
    }

    /// Of the shares of one message.
    static long of(List<Share> shares) {
        return shares.stream().mapToLong(Weight::of).sum();
    }

    /// Of one share, between half a kilobyte and 30.
    static long of(Share share) {
        long text =
                length(share.originalRecipient())
                        + length(share.recipient())
                        + share.action().length()
                        + share.dsnOriginalRecipient().length()
                        + length(share.destination());
        return SHARE + TIMES * text;
    }

    private static long length(Mailbox mailbox) {
        return (long) mailbox.localPart().length() + mailbox.domain().length();
    }

    private static long length(Destination destination) {
        return switch (destination) {
            case Destination.Remote(), Destination.Unrouted() -> 0;
            case Destination.Account(var user, var extension) -> user.length() + extension.length();
            case Destination.Sealed(var user, _, var seal) -> user.length() + seal.length();
            case Destination.Listed(var table, var key, _, var digest) ->
                    table.length() + key.length() + digest.length();
        };
    }

    /// Of a draft with these facts.
    static long of(MessageFacts facts) {
        long sender =
                switch (facts.sender()) {
                    case ReversePath.Null() -> 0;
                    case ReversePath.Sender(var mailbox) -> length(mailbox);
                };
        return DRAFT + TIMES * (sender + facts.dsnEnvelopeId().length() + length(facts.origin()));
    }

    private static long length(Origin origin) {
        long login =
                switch (origin.login()) {
                    case Origin.Login.Anonymous() -> 0;
                    case Origin.Login.As(var user) -> user.length();
                };
        long security =
                switch (origin.security()) {
                    case Origin.Security.Plain() -> 0;
                    case Origin.Security.Tls(var version, var cipher, _, _) ->
                            (long) version.length() + cipher.length();
                };
        return (long) origin.smtpName().length()
                + origin.tag().length()
                + origin.address().length()
                + origin.hostName().length()
                + origin.helo().length()
                + login
                + security;
    }
}
