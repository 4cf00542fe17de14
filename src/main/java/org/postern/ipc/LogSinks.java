package org.postern.ipc;

import org.postern.log.Log;
import org.postern.log.StreamSink;
import org.postern.os.Syslog;

/// Where the lines of a process of the server go, as the supervisor says.
public final class LogSinks {
    private LogSinks() {}

    /// The sink for `where`: `stream` writes to standard error.
    public static Log.Sink of(Leash.Sink where, StreamSink stream) {
        return switch (where) {
            case STANDARD_ERROR -> stream;
            case SYSLOG -> {
                var syslog = new Syslog("smtpd");
                yield (level, line) -> syslog.write(severity(level), line);
            }
        };
    }

    private static Syslog.Severity severity(Log.Level level) {
        return switch (level) {
            case DEBUG -> Syslog.Severity.DEBUG;
            case INFO -> Syslog.Severity.INFO;
            case WARN, ERROR -> Syslog.Severity.ERROR;
        };
    }
}
