package org.postern.queue;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.TreeMap;
import org.postern.control.ControlPoint;
import org.postern.control.ControlPoint.Lines;
import org.postern.control.Order;
import org.postern.control.Order.Answer;
import org.postern.ipc.Work.Lane;
import org.postern.queue.schedule.Orders;
import org.postern.queue.schedule.Scheduler;
import org.postern.queue.store.Store;

/// Carries out what `smtpctl` orders the queue to do.
public final class QueueControl implements ControlPoint.Room {
    private final Store store;
    private final Scheduler scheduler;
    private final Orders orders;
    private final Instant started;
    private final InstantSource clock;

    QueueControl(Store store, Scheduler scheduler, Instant started, InstantSource clock) {
        this.store = store;
        this.scheduler = scheduler;
        this.orders = scheduler.orders();
        this.started = started;
        this.clock = clock;
    }

    @Override
    public Answer carryOut(Order order, Lines lines) throws IOException {
        return switch (order) {
            case Order.ShowQueue(var selection) ->
                    done(selection, orders.showQueue(selection, lines));
            case Order.ShowEnvelope(var id) ->
                    found(orders.showEnvelope(id, lines), "no envelope " + id + " in the queue");
            case Order.ShowMessage(var id) ->
                    found(orders.showMessage(id, lines), "no message " + id + " in the queue");
            case Order.Schedule(var selection) -> done(selection, orders.schedule(selection));
            case Order.Remove(var selection) -> done(selection, orders.remove(selection));
            case Order.Hold(var selection) -> done(selection, orders.hold(selection));
            case Order.Release(var selection) -> done(selection, orders.release(selection));
            case Order.Reroute(var selection) -> done(selection, orders.reroute(selection));
            case Order.Pause(var traffic) -> pause(traffic);
            case Order.Resume(var traffic) -> resume(traffic);
            case Order.ShowStats() -> stats(lines);
            case Order.ShowStatus() -> status(lines);
            case Order.Reload _,
                    Order.LogAs _,
                    Order.LogBrief _,
                    Order.LogVerbose _,
                    Order.Trace _,
                    Order.Untrace _,
                    Order.UpdateTable _,
                    Order.Explain _ ->
                    new Answer.Refused("that is for the supervisor");
        };
    }

    /// Nothing done to what is there is an answer; what is not there is a mistake.
    private Answer done(Order.Selection selection, long count) {
        if (count > 0) {
            return new Answer.Done(count);
        }
        return switch (selection) {
            case Order.Selection.All() -> new Answer.Done(0);
            case Order.Selection.OfMessage(var id) ->
                    orders.has(selection)
                            ? new Answer.Done(0)
                            : new Answer.Refused("no message " + id + " in the queue");
            case Order.Selection.One(var id) ->
                    orders.has(selection)
                            ? new Answer.Done(0)
                            : new Answer.Refused("no envelope " + id + " in the queue");
        };
    }

    private static Answer found(long count, String otherwise) {
        return count > 0 ? new Answer.Done(count) : new Answer.Refused(otherwise);
    }

    private Answer pause(Order.Traffic traffic) {
        return switch (traffic) {
            case MDA -> toggled(orders.pause(Lane.LOCAL), "mda is already paused");
            case MTA -> toggled(orders.pause(Lane.RELAY), "mta is already paused");
            case SMTP -> new Answer.Refused("that is for front");
        };
    }

    /// Pauses before the first work is given out (`-P`).
    void pauseFromStart(Order.Traffic traffic) {
        var _ = pause(traffic);
    }

    private Answer resume(Order.Traffic traffic) {
        return switch (traffic) {
            case MDA -> toggled(orders.resume(Lane.LOCAL), "mda is not paused");
            case MTA -> toggled(orders.resume(Lane.RELAY), "mta is not paused");
            case SMTP -> new Answer.Refused("that is for front");
        };
    }

    private static Answer toggled(boolean news, String otherwise) {
        return news ? new Answer.Done(1) : new Answer.Refused(otherwise);
    }

    private Answer stats(Lines lines) throws IOException {
        var counters = scheduler.counters();
        var counts = orders.counts();
        var figures = store.figures();
        var uptime = Duration.between(started, clock.instant());
        var values = new TreeMap<String, String>();
        values.put("queue.bounce", counters.bounces.toString());
        values.put("queue.commit", String.valueOf(figures.commits()));
        values.put("queue.force", String.valueOf(figures.forces()));
        values.put("queue.segment", String.valueOf(figures.segments()));
        values.put("scheduler.delivery.loop", counters.loops.toString());
        values.put("scheduler.delivery.ok", counters.delivered.toString());
        values.put("scheduler.delivery.permfail", counters.failed.toString());
        values.put("scheduler.delivery.tempfail", counters.deferred.toString());
        values.put("scheduler.envelope", String.valueOf(counts.all()));
        values.put("scheduler.envelope.expired", counters.expired.toString());
        values.put("scheduler.envelope.held", String.valueOf(counts.held()));
        values.put("scheduler.envelope.incoming", counters.admitted.toString());
        values.put("scheduler.envelope.inflight", String.valueOf(counts.inFlight()));
        values.put("scheduler.envelope.removed", counters.removed.toString());
        values.put("scheduler.envelope.updated", counters.updated.toString());
        values.put("scheduler.ramqueue.envelope", String.valueOf(counts.all()));
        values.put("scheduler.ramqueue.message", String.valueOf(figures.messages()));
        values.put("uptime", String.valueOf(uptime.toSeconds()));
        for (var entry : values.entrySet()) {
            lines.line(entry.getKey() + "=" + entry.getValue());
        }
        return new Answer.Done(values.size());
    }

    private Answer status(Lines lines) throws IOException {
        lines.line("MDA " + word(Lane.LOCAL));
        lines.line("MTA " + word(Lane.RELAY));
        return new Answer.Done(2);
    }

    private String word(Lane lane) {
        return orders.isPaused(lane) ? "paused" : "running";
    }
}
