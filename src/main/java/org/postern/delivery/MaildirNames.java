package org.postern.delivery;

import java.time.InstantSource;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/// The names of messages in a Maildir, `seconds.MmicrosPpidQcount_random.host,S=size`: unlike any
/// other, in time and on this machine.
final class MaildirNames {
    private final InstantSource clock;
    private final String host;
    private final long pid = ProcessHandle.current().pid();
    private final AtomicLong counter = new AtomicLong();

    /// Names of messages delivered on `host`.
    MaildirNames(InstantSource clock, String host) {
        this.clock = clock;
        this.host = host.replace("/", "\\057").replace(":", "\\072");
    }

    /// The next name, for a message of `size` bytes.
    String next(long size) {
        var now = clock.instant();
        return now.getEpochSecond()
                + ".M"
                + now.getNano() / 1000
                + 'P'
                + pid
                + 'Q'
                + counter.incrementAndGet()
                + '_'
                + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt())
                + '.'
                + host
                + ",S="
                + size;
    }
}
