/// When to try what: retry times, expiry, holding, fairness between destinations, and what becomes
/// of an attempt.
///
/// Runs in the queue room, with its rights.
@NullMarked
package org.postern.queue.schedule;

import org.jspecify.annotations.NullMarked;
