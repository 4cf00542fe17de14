package org.postern.os;

import java.io.IOException;

/// A system call that failed: which one, on what, and why.
public final class OsException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String call;
    private final String subject;
    private final int code;

    OsException(String call, String subject, Errno errno) {
        super(call + " " + subject + ": " + errno);
        this.call = call;
        this.subject = subject;
        this.code = errno.code();
    }

    /// Gives the name of the call, as its manual page has it.
    public String call() {
        return call;
    }

    /// Gives what the call was about: a path, a process, a user.
    public String subject() {
        return subject;
    }

    /// Gives the reason.
    public Errno errno() {
        return new Errno(code);
    }
}
