package org.postern.front.srs;

import org.postern.mail.Mailbox;
import org.postern.mail.ReversePath;
import org.postern.mail.Share;

/// Under which sender an action sends a message on. Asked anew for each attempt, always about the
/// sender that the message came with, so that nothing is rewritten twice. Only the mail transaction
/// is concerned: logs and notifications keep the sender.
@FunctionalInterface
public interface Senders {
    /// The sender that the next hop is told.
    ReversePath of(ReversePath sender, Share share);

    /// As they came.
    Senders UNCHANGED = (sender, _) -> sender;

    /// The mailbox of `mail-from`. A missing part stays as it came: `@new.example` changes the
    /// domain alone. The null reverse-path stays null, and so does a sender that would be no
    /// mailbox.
    static Senders replacedBy(String mailFrom) {
        int at = mailFrom.lastIndexOf('@');
        var localPart = at < 0 ? mailFrom : mailFrom.substring(0, at);
        var domain = at < 0 ? "" : mailFrom.substring(at + 1);
        return (sender, _) ->
                switch (sender) {
                    case ReversePath.Null() -> sender;
                    case ReversePath.Sender(var mailbox) ->
                            Mailbox.of(
                                            localPart.isEmpty() ? mailbox.localPart() : localPart,
                                            domain.isEmpty() ? mailbox.domain() : domain)
                                    .<ReversePath>map(ReversePath.Sender::new)
                                    .orElse(sender);
                };
    }

    /// The same, and then rewritten where the mail was forwarded: where the recipient is not the
    /// one that the client named.
    default Senders then(Srs srs) {
        return (sender, share) ->
                of(sender, share) instanceof ReversePath.Sender(var mailbox) && isForwarded(share)
                        ? new ReversePath.Sender(
                                srs.rewrite(mailbox, share.originalRecipient().domain()))
                        : of(sender, share);
    }

    private static boolean isForwarded(Share share) {
        return !share.recipient().isSameAs(share.originalRecipient());
    }
}
