package org.postern.front.filter;

import java.time.Duration;

/// How long filter programs are waited for.
///
/// @param answer how long one may take to answer, or not read what it is told
/// @param content how long those of a chain may take for a content that they have seen whole
record Patience(Duration answer, Duration content) {
    static final Patience USUAL = new Patience(Duration.ofSeconds(60), Duration.ofMinutes(5));
}
