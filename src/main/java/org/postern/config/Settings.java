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
/// @param srs how the senders of relayed mail are rewritten
public record Settings(
        long maxMessageSize,
        int maxMails,
        int maxRecipients,
        char subAddressDelimiter,
        Duration queueTtl,
        List<Duration> warnIntervals,
        int maxDeferred,
        SrsSettings srs) {

    /// What holds when the configuration says nothing.
    public static final Settings DEFAULTS = of(List.of());

    public Settings {
        warnIntervals = List.copyOf(warnIntervals);
    }

    /// What these directives, in their order, make of the defaults.
    static Settings of(List<Directive> directives) {
        var draft = new Draft();
        directives.forEach(draft::apply);
        return new Settings(
                draft.maxMessageSize,
                draft.maxMails,
                draft.maxRecipients,
                draft.subAddressDelimiter,
                draft.queueTtl,
                draft.warnIntervals,
                draft.maxDeferred,
                draft.srs);
    }

    /// The settings while the directives are read: the defaults, and then what each of them
    /// changes.
    private static final class Draft {
        private long maxMessageSize = 35L << 20;
        private int maxMails = 100;
        private int maxRecipients = 1000;
        private char subAddressDelimiter = '+';
        private Duration queueTtl = Duration.ofDays(4);
        private List<Duration> warnIntervals = List.of(Duration.ofHours(4));
        private int maxDeferred = 100;
        private SrsSettings srs = SrsSettings.NONE;

        void apply(Directive directive) {
            switch (directive) {
                case Bounce(_, var intervals) ->
                        warnIntervals = intervals.stream().limit(Bounce.MAX_WARNINGS).toList();
                case Mta(_, int number) -> maxDeferred = number;
                case Queue(_, var ttl) -> queueTtl = ttl;
                case Smtp(_, var options) -> options.forEach(this::apply);
                case Srs(_, var option) -> srs = srs.with(option);
                case Action _, Listen _, Match _, Pki _, TableDefinition _, Wrapper _ -> {}
            }
        }

        private void apply(Smtp.Option option) {
            switch (option) {
                case Smtp.Option.MaxMessageSize(long bytes) -> maxMessageSize = bytes;
                case Smtp.Option.MaxMails(int number) -> maxMails = number;
                case Smtp.Option.MaxRecipients(int number) -> maxRecipients = number;
                case Smtp.Option.SubAddressDelimiter(char character) ->
                        subAddressDelimiter = character;
            }
        }
    }
}
