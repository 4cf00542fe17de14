package org.postern.table;

import java.io.IOException;
import java.util.Arrays;

/// The addresses and networks among the keys of a table.
///
/// Two networks are apart, or one lies in the other. So it is enough to keep those that lie in no
/// other, in order: only the last that begins at or before an address can contain it. Immutable.
final class Networks {
    /// IPv4 networks: the address, and in the lowest six bits the width.
    private final long[] inet4;

    private final long[] inet6High;
    private final long[] inet6Low;
    private final byte[] inet6Width;

    private Networks(long[] inet4, long[] inet6High, long[] inet6Low, byte[] inet6Width) {
        this.inet4 = inet4;
        this.inet6High = inet6High;
        this.inet6Low = inet6Low;
        this.inet6Width = inet6Width;
    }

    /// The networks among these keys; what is none is left out.
    static Networks of(Rows rows) throws IOException {
        var collector = new Collector();
        rows.forEach(row -> Network.parse(row.key()).ifPresent(collector::add));
        return collector.networks();
    }

    /// Whether an address, or a whole network, lies in one of them.
    boolean contain(Network one) {
        return switch (one.address().family()) {
            case INET4 -> {
                int at = lastUpTo(packed(one) | 63);
                yield at >= 0 && inet4(inet4[at]).contains(one);
            }
            case INET6 -> {
                int at = lastUpTo(one);
                yield at >= 0 && inet6(at).contains(one);
            }
        };
    }

    private int lastUpTo(long packed) {
        int at = Arrays.binarySearch(inet4, packed);
        return at >= 0 ? at : -at - 2;
    }

    private int lastUpTo(Network one) {
        int low = 0;
        int high = inet6High.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            int order = Long.compareUnsigned(inet6High[middle], one.address().high());
            if (order == 0) {
                order = Long.compareUnsigned(inet6Low[middle], one.address().low());
            }
            if (order <= 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low - 1;
    }

    private static long packed(Network network) {
        return (network.address().low() << 6) | network.width();
    }

    private static Network inet4(long packed) {
        return new Network(new Inet(Inet.Family.INET4, 0, packed >>> 6), (int) (packed & 63));
    }

    private Network inet6(int at) {
        return new Network(
                new Inet(Inet.Family.INET6, inet6High[at], inet6Low[at]), inet6Width[at] & 0xff);
    }

    private static final class Collector {
        private long[] inet4 = new long[16];
        private int count4;
        private long[] high = new long[16];
        private long[] low = new long[16];
        private byte[] width = new byte[16];
        private int count6;

        void add(Network written) {
            var network = written.withoutHost();
            switch (network.address().family()) {
                case INET4 -> {
                    inet4 = count4 == inet4.length ? Arrays.copyOf(inet4, 2 * count4) : inet4;
                    inet4[count4++] = packed(network);
                }
                case INET6 -> {
                    if (count6 == width.length) {
                        high = Arrays.copyOf(high, 2 * count6);
                        low = Arrays.copyOf(low, 2 * count6);
                        width = Arrays.copyOf(width, 2 * count6);
                    }
                    high[count6] = network.address().high();
                    low[count6] = network.address().low();
                    width[count6++] = (byte) network.width();
                }
            }
        }

        /// Sorts them, and leaves out what lies in another: the wider of two with one beginning
        /// comes first.
        Networks networks() {
            var sorted4 = Arrays.copyOf(inet4, count4);
            Arrays.sort(sorted4);
            int kept = 0;
            for (long one : sorted4) {
                if (kept == 0 || !inet4(sorted4[kept - 1]).contains(inet4(one))) {
                    sorted4[kept++] = one;
                }
            }
            return outermost6(Arrays.copyOf(sorted4, kept));
        }

        private Networks outermost6(long[] outermost4) {
            var order = new int[count6];
            Arrays.setAll(order, i -> i);
            var sorted =
                    new Networks(outermost4, new long[count6], new long[count6], new byte[count6]);
            int kept = 0;
            for (int i : IntSort.sort(order, this::compare)) {
                sorted.inet6High[kept] = high[i];
                sorted.inet6Low[kept] = low[i];
                sorted.inet6Width[kept] = width[i];
                if (kept == 0 || !sorted.inet6(kept - 1).contains(sorted.inet6(kept))) {
                    kept++;
                }
            }
            return new Networks(
                    outermost4,
                    Arrays.copyOf(sorted.inet6High, kept),
                    Arrays.copyOf(sorted.inet6Low, kept),
                    Arrays.copyOf(sorted.inet6Width, kept));
        }

        private int compare(int one, int other) {
            int order = Long.compareUnsigned(high[one], high[other]);
            if (order == 0) {
                order = Long.compareUnsigned(low[one], low[other]);
            }
            return order == 0 ? Integer.compare(width[one] & 0xff, width[other] & 0xff) : order;
        }
    }
}
