package org.postern.front.server;

import java.time.InstantSource;
import org.postern.front.filter.Filters;
import org.postern.front.route.Router;
import org.postern.log.Log;

/// What sessions work with; the same for all that begin under one configuration.
record Means(
        Limits limits,
        Router router,
        Filters filters,
        Submissions submissions,
        Logins logins,
        Traffic traffic,
        Log log,
        InstantSource clock) {
    /// The same without filters, for sessions in which nobody logs in.
    Means(Limits limits, Router router, Submissions submissions, Log log, InstantSource clock) {
        this(
                limits,
                router,
                Filters.none(),
                submissions,
                new Logins.Nobodys(),
                new Traffic(),
                log,
                clock);
    }
}
