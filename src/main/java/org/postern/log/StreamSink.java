package org.postern.log;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// Writes lines to a stream from one thread of its own, so that nobody waits for whoever reads it.
/// When 16,384 lines wait, further ones are dropped and counted, and the count is written as soon
/// as there is room again.
public final class StreamSink implements Log.Sink, Closeable {
    private static final String END = "";
    private static final Duration PAUSE = Duration.ofMillis(5);

    private final OutputStream out;
    private final BlockingQueue<String> waiting = new ArrayBlockingQueue<>(16_384);
    private final AtomicLong dropped = new AtomicLong();
    private final Thread writer;

    /// A sink that writes to `out`.
    public StreamSink(OutputStream out) {
        this.out = out;
        this.writer = Thread.ofPlatform().daemon().name("log").start(this::run);
    }

    @Override
    public void take(Log.Level level, String line) {
        if (!waiting.offer(line.isEmpty() ? " " : line)) {
            dropped.incrementAndGet();
        }
    }

    private void run() {
        var batch = new StringBuilder();
        try {
            while (true) {
                var line = waiting.take();
                boolean last = false;
                while (line != null && batch.length() < 64 * 1024) {
                    last |= line.equals(END);
                    if (!line.equals(END)) {
                        batch.append(line).append('\n');
                    }
                    line = waiting.poll();
                }
                if (line != null) {
                    last |= line.equals(END);
                    batch.append(line).append(line.equals(END) ? "" : "\n");
                }
                flush(batch);
                if (last) {
                    return;
                }
                // Under load many lines gather meanwhile, none of which has to wake this thread.
                Thread.sleep(PAUSE);
            }
        } catch (InterruptedException e) {
            // The process ends.
        }
    }

    private void flush(StringBuilder batch) {
        long lost = dropped.getAndSet(0);
        if (lost > 0) {
            batch.append("warn: log: ").append(lost).append(" lines dropped\n");
        }
        try {
            out.write(batch.toString().getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (IOException e) {
            // Whoever read the log is gone, and there is nobody else to tell.
        }
        batch.setLength(0);
    }

    /// Writes what waits, for at most two seconds.
    @Override
    public void close() {
        try {
            if (waiting.offer(END, 1, TimeUnit.SECONDS)) {
                writer.join(2_000);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
