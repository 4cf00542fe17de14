package org.postern.queue.schedule;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Locale;
import org.postern.control.ControlPoint.Lines;
import org.postern.log.Log;
import org.postern.mail.Carriage;
import org.postern.mail.Envelope;
import org.postern.mail.EnvelopeId;
import org.postern.mail.Origin;
import org.postern.mail.ReversePath;
import org.postern.mail.Share;
import org.postern.mail.Urgency;
import org.postern.queue.store.Key;
import org.postern.queue.store.State;
import org.postern.queue.store.Store;

/// How envelopes are shown to the administrator.
final class Listing {
    private Listing() {}

    /// What the schedule knows of an envelope, copied out of it.
    ///
    /// @param time seconds until the next attempt, or since the one under way began
    record Row(EnvelopeId id, Key key, Task.Phase phase, long expiry, long time, String why) {}

    /// The line of 14 fields in the queue listing.
    static String line(Row row, Store.Leased leased) {
        var envelope = leased.envelope();
        return String.join(
                "|",
                row.id().toString(),
                family(envelope.message().origin()),
                type(row.key(), envelope),
                flags(row, envelope),
                envelope.message().sender().key(),
                envelope.share().originalRecipient().toString(),
                envelope.share().recipient().toString(),
                String.valueOf(envelope.created().getEpochSecond()),
                String.valueOf(row.expiry()),
                String.valueOf(lastTry(envelope)),
                String.valueOf(envelope.tries()),
                runState(row),
                time(row),
                Log.visible(error(row, leased)));
    }

    private static String family(Origin origin) {
        if (origin.isLocal()) {
            return "local";
        }
        return origin.address().startsWith("[") ? "inet6" : "inet4";
    }

    private static String type(Key key, Envelope envelope) {
        return switch (key.kind()) {
            case REMOTE -> "mta";
            case ACCOUNT, COMMAND_OR_FILE -> "mda";
            case UNROUTED ->
                    switch (envelope.message().sender()) {
                        case ReversePath.Null() -> "bounce";
                        case ReversePath.Sender(_) -> "mta";
                    };
        };
    }

    private static String flags(Row row, Envelope envelope) {
        var flags = new ArrayList<String>();
        if (row.key().kind() == Key.Kind.UNROUTED) {
            flags.add("bounce");
        }
        if (envelope.message().origin().isAuthenticated()) {
            flags.add("auth");
        }
        if (row.phase() == Task.Phase.HELD || row.phase() == Task.Phase.DEAD) {
            flags.add("suspend");
        }
        if (!row.why().isEmpty()) {
            flags.add("hold");
        }
        return String.join(",", flags);
    }

    private static long lastTry(Envelope envelope) {
        return switch (envelope.progress()) {
            case Envelope.Progress.Untried() -> 0;
            case Envelope.Progress.Tried(_, var last, _) -> last.getEpochSecond();
        };
    }

    private static String runState(Row row) {
        return switch (row.phase()) {
            case IN_FLIGHT -> "inflight";
            case WAITING, READY -> row.why().isEmpty() ? "pending" : "held";
            case HELD, DEAD -> "held";
            case CLOSING -> "pending";
        };
    }

    private static String time(Row row) {
        return switch (row.phase()) {
            case IN_FLIGHT, WAITING, READY -> String.valueOf(row.time());
            case HELD, DEAD, CLOSING -> "";
        };
    }

    private static String error(Row row, Store.Leased leased) {
        var last =
                switch (leased.envelope().progress()) {
                    case Envelope.Progress.Untried() -> "";
                    case Envelope.Progress.Tried(_, _, var outcome) -> outcome.text();
                };
        var kept =
                switch (leased.state().standing()) {
                    case State.Standing.Queued() -> row.why();
                    case State.Standing.Held(var reason) -> "held: " + reason;
                    case State.Standing.Dead(_, _) -> "nobody can be told";
                };
        if (kept.isEmpty() || last.isEmpty()) {
            return kept + last;
        }
        return kept + "; " + last;
    }

    /// All that is known of one envelope, a `key: value` to a line.
    static void details(Row row, Store.Leased leased, Lines lines) throws IOException {
        var envelope = leased.envelope();
        var facts = envelope.message();
        var share = envelope.share();
        var origin = facts.origin();
        show(lines, "evpid", envelope.id().toString());
        show(lines, "type", type(row.key(), envelope));
        show(lines, "dispatcher", share.action());
        show(lines, "tag", origin.tag());
        show(lines, "smtpname", origin.smtpName());
        show(lines, "helo", origin.helo());
        show(lines, "hostname", origin.hostName());
        show(lines, "sockaddr", origin.address());
        switch (origin.login()) {
            case Origin.Login.Anonymous() -> {}
            case Origin.Login.As(var user) -> show(lines, "username", user);
        }
        show(lines, "sender", facts.sender().key());
        show(lines, "rcpt", share.originalRecipient().toString());
        show(lines, "dest", share.recipient().toString());
        destination(lines, share.destination());
        show(lines, "ctime", String.valueOf(envelope.created().getEpochSecond()));
        show(lines, "expire", String.valueOf(row.expiry()));
        show(lines, "last-try", String.valueOf(lastTry(envelope)));
        show(lines, "retry", String.valueOf(envelope.tries()));
        show(lines, "warnings", String.valueOf(leased.state().warned()));
        carriage(lines, facts.carriage());
        dsn(lines, facts.dsnReturn().name(), facts.dsnEnvelopeId(), share);
        show(lines, "state", runState(row));
        show(lines, "errorline", error(row, leased));
    }

    /// What was asked for its way, as far as anything was; times are epoch seconds.
    private static void carriage(Lines lines, Carriage carriage) throws IOException {
        var needs = carriage.needs().stream().map(Enum::name).sorted().toList();
        show(lines, "form", carriage.form() == Carriage.Form.BINARY ? "binary" : "");
        show(lines, "needs", String.join(",", needs).toLowerCase(Locale.ROOT));
        switch (carriage.release()) {
            case Carriage.Release.AtOnce() -> {}
            case Carriage.Release.At(var time) ->
                    show(lines, "release", String.valueOf(time.getEpochSecond()));
        }
        int priority = carriage.urgency().priority();
        show(lines, "priority", priority == 0 ? "" : String.valueOf(priority));
        switch (carriage.urgency().deadline()) {
            case Urgency.Deadline.Never() -> {}
            case Urgency.Deadline.At(var time, var mode, var trace) -> {
                var words = mode + (trace == Urgency.Trace.TOLD ? ",trace" : "");
                show(
                        lines,
                        "deliver-by",
                        time.getEpochSecond() + " " + words.toLowerCase(Locale.ROOT));
            }
        }
    }

    private static void destination(Lines lines, Share.Destination destination) throws IOException {
        switch (destination) {
            case Share.Destination.Remote(), Share.Destination.Unrouted() -> {}
            case Share.Destination.Account(var user, var subAddress) -> {
                show(lines, "mda-user", user);
                show(lines, "mda-subaddress", subAddress);
            }
            case Share.Destination.Sealed(var user, var kind, _) -> {
                show(lines, "mda-user", user);
                show(lines, "mda-forward", kind.name().toLowerCase(Locale.ROOT));
            }
            case Share.Destination.Listed(var table, var key, var kind, _) -> {
                show(lines, "mda-table", table + ":" + key);
                show(lines, "mda-forward", kind.name().toLowerCase(Locale.ROOT));
            }
        }
    }

    private static void dsn(Lines lines, String ret, String envelopeId, Share share)
            throws IOException {
        var notify = share.dsnNotify().stream().map(Enum::name).sorted().toList();
        show(lines, "dsn-notify", String.join(",", notify));
        show(lines, "dsn-ret", ret.equals("UNSAID") ? "" : ret);
        show(lines, "dsn-envid", envelopeId);
        show(lines, "dsn-orcpt", share.dsnOriginalRecipient());
    }

    private static void show(Lines lines, String key, String value) throws IOException {
        if (!value.isEmpty()) {
            lines.line(key + ": " + Log.visible(value));
        }
    }
}
