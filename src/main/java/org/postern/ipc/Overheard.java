package org.postern.ipc;

import java.util.concurrent.atomic.AtomicLong;
import org.postern.log.Log;

/// What traces show of the conversations of a process: as `imsg` the kind and the length of each
/// word, as `mproc` when a conversation begins and ends, and what it sends at a time. What the
/// words say is never shown. Any thread may tell it.
final class Overheard {
    private final AtomicLong begun = new AtomicLong();
    private volatile Log log = Log.silent();

    /// From now on the traces of `by` show it.
    void show(Log by) {
        log = by;
    }

    /// A conversation begins in which this is said and that is heard.
    ///
    /// @return its number in this process
    long begins(String said, String heard) {
        long number = begun.incrementAndGet();
        if (log.traces("mproc")) {
            log.trace("mproc", number + " begins: says " + said + ", hears " + heard);
        }
        return number;
    }

    /// A word was said, which takes so many bytes.
    void said(long conversation, Object word, int bytes) {
        if (log.traces("imsg")) {
            log.trace("imsg", conversation + " says " + kind(word) + ' ' + bytes);
        }
    }

    /// A word was heard, which took so many bytes.
    void heard(long conversation, Object word, int bytes) {
        if (log.traces("imsg")) {
            log.trace("imsg", conversation + " hears " + kind(word) + ' ' + bytes);
        }
    }

    /// What was said is sent: so many bytes at a time.
    void sent(long conversation, int bytes) {
        if (log.traces("mproc")) {
            log.trace("mproc", conversation + " sent " + bytes);
        }
    }

    /// This end hangs up.
    void ends(long conversation) {
        if (log.traces("mproc")) {
            log.trace("mproc", conversation + " ends");
        }
    }

    private static String kind(Object word) {
        var name = word.getClass().getName();
        return name.substring(name.lastIndexOf('.') + 1).replace('$', '.');
    }
}
