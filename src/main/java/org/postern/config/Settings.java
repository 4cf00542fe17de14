package org.postern.config;

import java.time.Duration;
import java.util.List;

/// The values that hold for the whole server; of several directives for one, the last counts.
///
/// @param maxMessageSize in bytes
/// @param maxMails mail transactions in a session
/// @param maxRecipients recipients in a mail transaction
/// @param subAddressDelimiter what parts user and sub-address
/// @param queueTtl how long an envelope may wait, if its action does not say
/// @param warnIntervals after which times in the queue the sender is told that a message is late
/// @param maxDeferred envelopes remembered for a next hop that is down
public record Settings(
        long maxMessageSize,
        int maxMails,
        int maxRecipients,
        char subAddressDelimiter,
        Duration queueTtl,
        List<Duration> warnIntervals,
        int maxDeferred) {

    /// What holds when the configuration says nothing.
    public static final Settings DEFAULTS =
            new Settings(
                    35L << 20,
                    100,
                    1000,
                    '+',
                    Duration.ofDays(4),
                    List.of(Duration.ofHours(4)),
                    100);

    public Settings {
        warnIntervals = List.copyOf(warnIntervals);
    }

    /// These settings and what the directive changes in them.
    Settings with(Directive directive) {
        return switch (directive) {
            case Smtp(_, var options) -> {
                var settings = this;
                for (Smtp.Option option : options) {
                    settings = settings.with(option);
                }
                yield settings;
            }
            case Queue(_, var ttl) -> withQueueTtl(ttl);
            case Bounce(_, var intervals) ->
                    withWarnIntervals(intervals.stream().limit(Bounce.MAX_WARNINGS).toList());
            case Mta(_, int number) -> withMaxDeferred(number);
            case Action _, Listen _, Match _, Pki _, TableDefinition _, Wrapper _ -> this;
        };
    }

    private Settings with(Smtp.Option option) {
        return switch (option) {
            case Smtp.Option.MaxMessageSize(long bytes) ->
                    new Settings(
                            bytes,
                            maxMails,
                            maxRecipients,
                            subAddressDelimiter,
                            queueTtl,
                            warnIntervals,
                            maxDeferred);
            case Smtp.Option.MaxMails(int number) ->
                    new Settings(
                            maxMessageSize,
                            number,
                            maxRecipients,
                            subAddressDelimiter,
                            queueTtl,
                            warnIntervals,
                            maxDeferred);
            case Smtp.Option.MaxRecipients(int number) ->
                    new Settings(
                            maxMessageSize,
                            maxMails,
                            number,
                            subAddressDelimiter,
                            queueTtl,
                            warnIntervals,
                            maxDeferred);
            case Smtp.Option.SubAddressDelimiter(char character) ->
                    new Settings(
                            maxMessageSize,
                            maxMails,
                            maxRecipients,
                            character,
                            queueTtl,
                            warnIntervals,
                            maxDeferred);
        };
    }

    private Settings withQueueTtl(Duration ttl) {
        return new Settings(
                maxMessageSize,
                maxMails,
                maxRecipients,
                subAddressDelimiter,
                ttl,
                warnIntervals,
                maxDeferred);
    }

    private Settings withWarnIntervals(List<Duration> intervals) {
        return new Settings(
                maxMessageSize,
                maxMails,
                maxRecipients,
                subAddressDelimiter,
                queueTtl,
                intervals,
                maxDeferred);
    }

    private Settings withMaxDeferred(int number) {
        return new Settings(
                maxMessageSize,
                maxMails,
                maxRecipients,
                subAddressDelimiter,
                queueTtl,
                warnIntervals,
                number);
    }
}
