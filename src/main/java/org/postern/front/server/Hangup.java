package org.postern.front.server;

import org.postern.smtp.Reply;

/// We end the session, with a last reply.
final class Hangup extends Exception {
    /// Why a session is ended.
    enum Cause {
        /// The client asked for it.
        QUIT,
        /// What it sent is no line of SMTP.
        BAD_INPUT,
        /// It has used up our patience.
        PATIENCE,
        /// A filter wants it.
        FILTER,
        /// The server is ending.
        ENDING
    }

    private static final long serialVersionUID = 1;

    private final transient Reply reply;
    private final Cause cause;

    Hangup(Cause cause, Reply reply) {
        super(reply.toString(), null, false, false);
        this.cause = cause;
        this.reply = reply;
    }

    /// The last reply.
    Reply reply() {
        return reply;
    }

    /// Why.
    Cause why() {
        return cause;
    }
}
