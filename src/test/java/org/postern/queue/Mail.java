package org.postern.queue;

import java.util.Set;
import org.postern.mail.Chunk;
import org.postern.mail.Mailbox;
import org.postern.mail.MessageFacts;
import org.postern.mail.Origin;
import org.postern.mail.ReversePath;
import org.postern.mail.Share;

/// Mail for tests.
public final class Mail {
    private Mail() {}

    /// Where mail of tests comes from.
    public static final Origin ORIGIN =
            new Origin(
                    "mx.example.org",
                    "",
                    "192.0.2.1",
                    "client.example.net",
                    "client",
                    new Origin.Login.Anonymous(),
                    new Origin.Security.Plain());

    /// A message from `sender`, or from nobody if that is empty.
    public static MessageFacts from(String sender) {
        return new MessageFacts(
                ORIGIN,
                sender.isEmpty() ? new ReversePath.Null() : new ReversePath.Sender(box(sender)),
                MessageFacts.DsnReturn.UNSAID,
                "");
    }

    /// A mailbox.
    public static Mailbox box(String text) {
        return Mailbox.parse(text).orElseThrow();
    }

    /// A share for another server.
    public static Share out(String recipient) {
        return share(recipient, "out", new Share.Destination.Remote());
    }

    /// A share for a user of this machine.
    public static Share home(String recipient) {
        var mailbox = box(recipient);
        return share(recipient, "home", new Share.Destination.Account(mailbox.localPart(), ""));
    }

    /// A share.
    public static Share share(String recipient, String action, Share.Destination destination) {
        return new Share(box(recipient), box(recipient), action, destination, Set.of(), "");
    }

    /// A content of `length` bytes that depends on `seed`.
    public static Chunk content(int seed, int length) {
        var bytes = new byte[length];
        new java.util.Random(seed).nextBytes(bytes);
        return Chunk.handOver(bytes);
    }
}
