package org.postern.front.server;

import org.postern.front.server.Logins.Finding;
import org.postern.smtp.Reply;

/// How the attempt to log in ended.
sealed interface Ending {
    /// The client is `user`.
    record Admitted(String user) implements Ending {}

    /// It is not, or not shown to be.
    record Denied(String user) implements Ending {}

    /// It has been kept from a mechanism that would have shown who is in between.
    record Deceived(String user) implements Ending {}

    /// It could not be found out.
    record Unknown(String user, String why) implements Ending {}

    /// Nobody was asked.
    record Broken(Reply reply) implements Ending {}

    /// What was found out about `user`.
    static Ending of(String user, Finding finding) {
        return switch (finding) {
            case Finding.Right() -> new Admitted(user);
            case Finding.Wrong() -> new Denied(user);
            case Finding.Unknown(var why) -> new Unknown(user, why);
        };
    }

    /// An answer that is none.
    static Ending malformed() {
        return new Broken(Replies.MALFORMED_RESPONSE);
    }
}
