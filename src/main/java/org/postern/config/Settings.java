package org.postern.config;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The values that hold for the whole server; of several directives for one, the last counts.
///
/// @param administration the name of `admd`; empty if none is given, and then it is the server's
/// @param maxMessageSize in bytes
/// @param maxMails mail transactions in a session
/// @param maxRecipients recipients in a mail transaction
/// @param crowding how many sessions clients may have
/// @param subAddressDelimiter what parts user and sub-address
/// @param ciphers of listeners and relay actions that name none
/// @param queueTtl how long an envelope may wait, if its action does not say
/// @param compression whether messages are compressed on the disk
/// @param encryption whether messages are encrypted on the disk
/// @param warnIntervals after which times in the queue the sender is told that a message is late
/// @param maxDeferred envelopes remembered for a next hop that is down
/// @param mda how much is delivered at a time
/// @param scheduler how much the queue gives out at a time
/// @param mta how mail is sent out
/// @param mtaByDomain the same, for destinations with limits of their own
/// @param srs how the senders of relayed mail are rewritten
public record Settings(
        String administration,
        long maxMessageSize,
        int maxMails,
        int maxRecipients,
        Crowding crowding,
        char subAddressDelimiter,
        Ciphers ciphers,
        Duration queueTtl,
        Queue.Compression compression,
        Queue.Encryption encryption,
        List<Duration> warnIntervals,
        int maxDeferred,
        Limits<Mda.Name> mda,
        Limits<Scheduler.Name> scheduler,
        MtaLimits mta,
        Map<String, MtaLimits> mtaByDomain,
        SrsSettings srs) {

    /// What holds when the configuration says nothing.
    public static final Settings DEFAULTS = of(List.of());

    public Settings {
        warnIntervals = List.copyOf(warnIntervals);
        mtaByDomain = Map.copyOf(mtaByDomain);
    }

    /// The limits for sending to a domain or smart host.
    public MtaLimits mta(String destination) {
        return mtaByDomain.getOrDefault(destination, mta);
    }

    /// What these directives, in their order, make of the defaults.
    static Settings of(List<Directive> directives) {
        var draft = new Draft();
        directives.forEach(draft::apply);
        return new Settings(
                draft.administration,
                draft.maxMessageSize,
                draft.maxMails,
                draft.maxRecipients,
                draft.crowding,
                draft.subAddressDelimiter,
                draft.ciphers,
                draft.queueTtl,
                draft.compression,
                draft.encryption,
                draft.warnIntervals,
                draft.maxDeferred,
                draft.mda,
                draft.scheduler,
                draft.mta,
                draft.mtaByDomain,
                draft.srs);
    }

    /// The settings while the directives are read: the defaults, and then what each of them
    /// changes.
    private static final class Draft {
        private String administration = "";
        private long maxMessageSize = 35L << 20;
        private int maxMails = 100;
        private int maxRecipients = 1000;
        private Crowding crowding = Crowding.STANDARD;
        private char subAddressDelimiter = '+';
        private Ciphers ciphers = Ciphers.STANDARD;
        private Duration queueTtl = Duration.ofDays(4);
        private Queue.Compression compression = Queue.Compression.NONE;
        private Queue.Encryption encryption = new Queue.Encryption.None();
        private List<Duration> warnIntervals = List.of(Duration.ofHours(4));
        private int maxDeferred = 100;
        private Limits<Mda.Name> mda = Limits.standard();
        private Limits<Scheduler.Name> scheduler = Limits.standard();
        private MtaLimits mta = MtaLimits.STANDARD;
        private final Map<String, MtaLimits> mtaByDomain = new LinkedHashMap<>();
        private SrsSettings srs = SrsSettings.NONE;

        void apply(Directive directive) {
            switch (directive) {
                case Administration(_, var name) -> administration = name;
                case Bounce(_, var intervals) ->
                        warnIntervals = intervals.stream().limit(Bounce.MAX_WARNINGS).toList();
                case Mda(_, var limits) -> mda = mda.with(Mda.Name.class, limits);
                case Mta(_, var option) -> apply(option);
                case Queue(_, var option) -> apply(option);
                case Scheduler(_, var limits) ->
                        scheduler = scheduler.with(Scheduler.Name.class, limits);
                case Smtp(_, var options) -> options.forEach(this::apply);
                case Srs(_, var option) -> srs = srs.with(option);
                case Action _,
                        Authority _,
                        Filter _,
                        FilterProcess _,
                        Listen _,
                        Match _,
                        Pki _,
                        TableDefinition _,
                        Wrapper _ -> {}
            }
        }

        private void apply(Mta.Option option) {
            switch (option) {
                case Mta.Option.MaxDeferred(int number) -> maxDeferred = number;
                case Mta.Option.Limit(var changes) -> mta = mta.with(changes);
                case Mta.Option.DomainLimit(var domain, var changes) ->
                        mtaByDomain.compute(
                                domain, (_, known) -> (known == null ? mta : known).with(changes));
            }
        }

        private void apply(Queue.Option option) {
            switch (option) {
                case Queue.Option.Lifetime(var time) -> queueTtl = time;
                case Queue.Option.Compressed() -> compression = Queue.Compression.GZIP;
                case Queue.Option.Encrypted(var key) -> encryption = key;
            }
        }

        private void apply(Smtp.Option option) {
            switch (option) {
                case Smtp.Option.MaxMessageSize(long bytes) -> maxMessageSize = bytes;
                case Smtp.Option.MaxMails(int number) -> maxMails = number;
                case Smtp.Option.MaxRecipients(int number) -> maxRecipients = number;
                case Smtp.Option.Crowd(var name, int number) ->
                        crowding = crowding.with(name, number);
                case Smtp.Option.Encrypting(var list) -> ciphers = list;
                case Smtp.Option.SubAddressDelimiter(char character) ->
                        subAddressDelimiter = character;
            }
        }
    }
}
