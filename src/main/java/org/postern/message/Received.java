package org.postern.message;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
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
/// @param login whether the field says who has logged in
/// @param priority the priority of the message, which is said where it is not the usual 0 (RFC 6710
///   section 3)
public record Received(
        Origin origin,
        String protocol,
        List<Mailbox> recipients,
        Instant date,
        Source source,
        Login login,
        int priority) {
    private static final int LONGEST_LOGIN = 255;

    /// What is said of the client.
    public enum Source {
        SHOWN,
        MASKED
    }

    /// What is said of the login.
    public enum Login {
        NAMED,
        UNSAID
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
        if (login == Login.NAMED) {
            out.append(said());
        }
        if (recipients.size() == 1) {
            out.append("\n\tfor <").append(recipients.getFirst()).append('>');
        }
        if (priority != 0) {
            out.append("\n\tPRIORITY ").append(priority);
        }
        return out.append(";\n\t").append(MailDate.of(date)).append('\n').toString();
    }

    /// Who has logged in; in the clear only if somebody has, because there nobody is expected to.
    private String said() {
        return switch (origin.login()) {
            case Origin.Login.As(var user) ->
                    user.isEmpty() ? " auth=yes" : " auth=yes user=" + plain(user);
            case Origin.Login.Anonymous() ->
                    origin.security() instanceof Origin.Security.Tls ? " auth=no" : "";
        };
    }

    /// A login without what means something in a field: white space, comments, the `;` in front of
    /// the date. It is written as in xtext (RFC 3461 section 4).
    private static String plain(String user) {
        var out = new StringBuilder(user.length());
        for (byte b : user.getBytes(StandardCharsets.UTF_8)) {
            if (out.length() >= LONGEST_LOGIN) {
                break;
            }
            if (b > ' ' && b < 127 && "()<>[]:;\\,\"".indexOf(b) < 0) {
                out.append((char) b);
            } else {
                out.append('+').append(HexFormat.of().withUpperCase().toHexDigits(b));
            }
        }
        return out.toString();
    }

    private String literal() {
        var address = origin.address();
        return address.startsWith("[") ? address : '[' + address + ']';
    }
}
