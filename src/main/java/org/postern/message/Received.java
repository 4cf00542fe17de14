package org.postern.message;

import java.time.Instant;
import java.util.List;
import org.postern.mail.Mailbox;
import org.postern.mail.MessageId;
import org.postern.mail.Origin;

/// The trace field that we put before every message we take in, RFC 5321 section 4.4.
///
/// @param protocol how the message came, `SMTP`, `ESMTPA` and so on (RFC 3848)
/// @param recipients of whom the field names the only one, and none if there are several
/// @param date when the message came
/// @param source whether the field says where from
public record Received(
        Origin origin, String protocol, List<Mailbox> recipients, Instant date, Source source) {
    /// What is said of the client.
    public enum Source {
        SHOWN,
        MASKED
    }

    public Received {
        recipients = List.copyOf(recipients);
    }

    /// The field as it is stored, lines ended by LF, for the message `id`.
    public String field(MessageId id) {
        var out = new StringBuilder(256).append("Received: ");
        if (source == Source.SHOWN) {
            out.append("from ").append(origin.helo());
            out.append(" (").append(origin.hostName()).append(' ').append(literal()).append(')');
        }
        out.append("\n\tby ").append(origin.smtpName()).append(" (Postern) with ");
        out.append(protocol).append(" id ").append(id);
        if (origin.security()
                instanceof Origin.Security.Tls(var version, var cipher, int bits, var peer)) {
            out.append(" (").append(version).append(':').append(cipher).append(':').append(bits);
            out.append(peer == Origin.Security.Peer.VERIFIED ? ":YES)" : ":NO)");
        }
        if (recipients.size() == 1) {
            out.append("\n\tfor <").append(recipients.getFirst()).append('>');
        }
        return out.append(";\n\t").append(MailDate.of(date)).append('\n').toString();
    }

    private String literal() {
        var address = origin.address();
        return address.startsWith("[") ? address : '[' + address + ']';
    }
}
