package org.postern.front.relay;

import java.net.SocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// How many sessions at a time each host is given. The number finds itself: a host that says it is
/// too busy is given half, and each success gives a little back. Guarded by one lock.
final class Seats {
    /// The number of sessions that a host is given when nothing is known of it, and the most it is
    /// ever given.
    static final int MOST = 20;

    private static final class Host {
        private final Condition freed;
        private double limit = MOST;
        private int taken;
        private int waiting;

        Host(Condition freed) {
            this.freed = freed;
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<SocketAddress, Host> hosts = new HashMap<>();

    /// Takes a seat at `address`, waiting for one at most `patience`.
    ///
    /// @return whether there was one; if so, [#free] gives it back
    boolean take(SocketAddress address, Duration patience) throws InterruptedException {
        lock.lock();
        try {
            var host = hosts.computeIfAbsent(address, _ -> new Host(lock.newCondition()));
            long left = patience.toNanos();
            host.waiting++;
            try {
                while (host.taken >= (int) host.limit) {
                    if (left <= 0) {
                        return false;
                    }
                    left = host.freed.awaitNanos(left);
                }
            } finally {
                host.waiting--;
            }
            host.taken++;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// Gives a seat back after it served well.
    void free(SocketAddress address) {
        lock.lock();
        try {
            var host = leave(address);
            host.limit = Math.min(MOST, host.limit + 1 / host.limit);
            forgetIfUnremarkable(address, host);
        } finally {
            lock.unlock();
        }
    }

    /// Gives a seat back that the host did not want to give: no more than it serves now, and no
    /// more than half of what we thought, from now on.
    ///
    /// @return whether the host serves us on other seats
    boolean freeTooBusy(SocketAddress address) {
        lock.lock();
        try {
            var host = leave(address);
            host.limit = Math.max(1, Math.min(host.limit / 2, host.taken));
            return host.taken > 0;
        } finally {
            lock.unlock();
        }
    }

    private Host leave(SocketAddress address) {
        var host = hosts.get(address);
        if (host == null) {
            throw new IllegalStateException("a seat at " + address + " was never taken");
        }
        host.taken--;
        host.freed.signal();
        return host;
    }

    private void forgetIfUnremarkable(SocketAddress address, Host host) {
        if (host.taken == 0 && host.waiting == 0 && host.limit >= MOST) {
            hosts.remove(address);
        }
    }

    /// How many sessions `address` is given now.
    int limit(SocketAddress address) {
        lock.lock();
        try {
            var host = hosts.get(address);
            return host == null ? MOST : (int) host.limit;
        } finally {
            lock.unlock();
        }
    }

    /// How many seats are taken, at all hosts together.
    int taken() {
        lock.lock();
        try {
            return hosts.values().stream().mapToInt(host -> host.taken).sum();
        } finally {
            lock.unlock();
        }
    }
}
