package org.postern.smtp;

import java.io.IOException;

/// What a server said is not a reply, RFC 5321 section 4.2.
public final class MalformedReply extends IOException {
    MalformedReply(String what) {
        super(what);
    }
}
