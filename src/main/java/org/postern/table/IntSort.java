package org.postern.table;

/// Sorts numbers that stand for something else, without an object for each.
final class IntSort {
    /// Says which of two comes first.
    @FunctionalInterface
    interface Order {
        /// Less than 0, 0, or more, as the first comes before, with or after the second.
        int compare(int one, int other);
    }

    private IntSort() {}

    /// Sorts by merging; equal ones stay in their order.
    ///
    /// @return the sorted numbers; what is in `numbers` then is of no use
    static int[] sort(int[] numbers, Order order) {
        var from = numbers;
        var to = new int[numbers.length];
        for (int width = 1; width < numbers.length; width *= 2) {
            for (int start = 0; start < numbers.length; start += 2 * width) {
                int middle = Math.min(start + width, numbers.length);
                int end = (int) Math.min(start + 2L * width, numbers.length);
                merge(from, to, start, middle, end, order);
                if (end == numbers.length) {
                    break;
                }
            }
            var spare = from;
            from = to;
            to = spare;
            if (width > numbers.length / 2) {
                break;
            }
        }
        return from;
    }

    private static void merge(int[] from, int[] to, int start, int middle, int end, Order order) {
        int left = start;
        int right = middle;
        for (int i = start; i < end; i++) {
            boolean takeLeft =
                    right >= end || (left < middle && order.compare(from[left], from[right]) <= 0);
            to[i] = takeLeft ? from[left++] : from[right++];
        }
    }
}
