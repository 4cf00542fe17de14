package org.postern.queue.schedule;

import java.util.concurrent.atomic.LongAdder;

/// What has been counted since the start. May be used from any thread.
public final class Counters {
    public final LongAdder delivered = new LongAdder();
    public final LongAdder deferred = new LongAdder();
    public final LongAdder failed = new LongAdder();
    public final LongAdder loops = new LongAdder();
    public final LongAdder expired = new LongAdder();
    public final LongAdder removed = new LongAdder();
    public final LongAdder updated = new LongAdder();
    public final LongAdder bounces = new LongAdder();
    public final LongAdder admitted = new LongAdder();
}
