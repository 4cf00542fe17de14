package org.postern.front.arrival;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.postern.config.Crowding;
import org.postern.mail.Chunk;

/// How many sessions the clients of the network have, and how fast they open new ones: those of an
/// address, and those of its network (24 bits of IPv4, 64 of IPv6). Any thread may ask; guarded by
/// its own monitor. What it remembers is bounded.
public final class Crowd {
    /// What a client is told.
    public enum Found {
        /// There is a place; whoever took it gives it back.
        PLACE,
        /// It has as many sessions as it may.
        TOO_MANY,
        /// It opens them too fast.
        TOO_FAST
    }

    /// How many addresses and networks without a session are remembered for their haste.
    private static final int MOST_REMEMBERED = 20_000;

    private static final long MINUTE = 60_000_000_000L;

    private final LongSupplier nanos;

    /// By address or network, in the order in which they are looked at.
    private final Map<Chunk, Tally> tallies = new LinkedHashMap<>();

    /// The sessions of an address or a network.
    private static final class Tally {
        private int now;

        /// When all its sessions would have been opened at the pace that it may keep.
        private long busyUntil;

        Tally(long time) {
            busyUntil = time;
        }
    }

    /// An empty one, with a clock that counts nanoseconds.
    public Crowd(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /// Takes a place for a client, which is given back by [#leave] if one was found.
    public synchronized Found enter(InetAddress client, Crowding limits) {
        long time = nanos.getAsLong();
        forget(time);
        var address = tally(address(client), time);
        var network = tally(network(client), time);
        if (address.now >= limits.ofAddress() || network.now >= limits.ofNetwork()) {
            return Found.TOO_MANY;
        }
        long next = after(address, time, limits.rateOfAddress());
        long nextOfNetwork = after(network, time, limits.rateOfNetwork());
        if (next - time > MINUTE || nextOfNetwork - time > MINUTE) {
            return Found.TOO_FAST;
        }
        address.now++;
        address.busyUntil = next;
        network.now++;
        network.busyUntil = nextOfNetwork;
        return Found.PLACE;
    }

    /// Gives a place of a client back.
    public synchronized void leave(InetAddress client) {
        for (var key : new Chunk[] {address(client), network(client)}) {
            var tally = tallies.get(key);
            if (tally != null) {
                tally.now--;
            }
        }
    }

    /// How many addresses and networks are remembered.
    synchronized int remembered() {
        return tallies.size();
    }

    private Tally tally(Chunk key, long time) {
        return tallies.computeIfAbsent(key, _ -> new Tally(time));
    }

    private static long after(Tally tally, long time, int rate) {
        long from = tally.busyUntil - time > 0 ? tally.busyUntil : time;
        return from + MINUTE / rate;
    }

    /// Looks at a few, in turn, and forgets whom it finds without a session and without haste;
    /// beyond the bound, also with haste.
    private void forget(long time) {
        for (int i = 0; i < 4; i++) {
            var entries = tallies.entrySet().iterator();
            if (!entries.hasNext()) {
                return;
            }
            var first = entries.next();
            var tally = first.getValue();
            boolean isCalm = tally.busyUntil - time <= 0;
            entries.remove();
            if (tally.now > 0 || (!isCalm && tallies.size() < MOST_REMEMBERED)) {
                tallies.put(first.getKey(), tally);
            }
        }
    }

    private static Chunk address(InetAddress address) {
        return Chunk.handOver(address.getAddress());
    }

    private static Chunk network(InetAddress address) {
        return Chunk.handOver(
                Arrays.copyOf(address.getAddress(), address instanceof Inet6Address ? 8 : 3));
    }
}
