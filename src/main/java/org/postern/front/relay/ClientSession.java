package org.postern.front.relay;

import java.io.Closeable;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.time.Instant;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;
import org.postern.config.FilterProcess.Side;
import org.postern.front.relay.Opening.Fault;
import org.postern.front.relay.Stop.Dialect;
import org.postern.front.relay.Stop.Security;
import org.postern.log.Entry;
import org.postern.log.Log;
import org.postern.mail.SessionId;
import org.postern.tls.Outbound;

/// One session with a next hop, seen from the client's side (RFC 5321 section 3.1): from connecting
/// until QUIT. Belongs to one thread at a time.
final class ClientSession implements Closeable {
    private final Kit kit;
    private final Stop stop;
    private final String helo;
    private final Wire wire;
    private final SessionId id;
    private final String hostName;
    private final Watchers watchers;
    private Extensions extensions = Extensions.NONE;
    private int messages;
    private boolean over;
    private Instant usedLast = Instant.EPOCH;

    private ClientSession(
            Kit kit, Route route, Wire wire, SessionId id, String hostName, Watchers watchers) {
        this.kit = kit;
        this.stop = route.stop();
        this.helo = route.helo();
        this.watchers = watchers;
        this.wire = wire;
        this.id = id;
        this.hostName = hostName;
    }

    /// The session was refused or turned out to be of no use.
    private static final class NotReady extends Exception {
        private static final long serialVersionUID = 1L;
        private final Fault fault;
        private final String why;

        NotReady(Fault fault, String why) {
            this.fault = fault;
            this.why = why;
        }
    }

    /// Connects by `route` and says hello. Where TLS was only an opportunity and failed, connects
    /// once more and goes without.
    static Opening open(Kit kit, Route route) {
        try {
            return new Opening.Ready(openOnce(kit, route));
        } catch (TlsFailed e) {
            try {
                return new Opening.Ready(openOnce(kit, route.inClear()));
            } catch (NotReady again) {
                return new Opening.Shut(again.fault, again.why);
            } catch (TlsFailed again) {
                throw new IllegalStateException("TLS failed where none was spoken", again);
            }
        } catch (NotReady e) {
            return new Opening.Shut(e.fault, e.why);
        }
    }

    /// An attempt at opportunistic TLS failed.
    private static final class TlsFailed extends Exception {
        private static final long serialVersionUID = 1L;
    }

    private static Entry event(Kit kit, SessionId id, String name) {
        return kit.log().entry().id(id).subsystem("mta").event(name);
    }

    private Entry event(String name) {
        return event(kit, id, name);
    }

    private static ClientSession openOnce(Kit kit, Route route) throws NotReady, TlsFailed {
        var stop = route.stop();
        var id = kit.ids().next();
        var hostName = kit.names().of(stop.address());
        event(kit, id, "connecting").word("address", stop.url()).word("host", hostName).write();
        Wire wire;
        try {
            var patience = kit.timeouts().connect();
            wire = Wire.connect(route.source(), stop.address(), patience, kit.deadlines());
        } catch (PeerLost e) {
            event(kit, id, "error").rest("reason", e.text()).write();
            throw new NotReady(faultOfConnect(e), e.text());
        }
        wire.allowForBlocks(kit.timeouts().block());
        event(kit, id, "connected").write();
        if (kit.log().traces("mta")) {
            wire.follow(new Tracing(kit.log(), id));
        }
        var watchers = watchers(kit, route, wire, id, hostName);
        var session = new ClientSession(kit, route, wire, id, hostName, watchers);
        boolean ready = false;
        try {
            session.begin();
            ready = true;
            return session;
        } catch (PeerLost e) {
            event(kit, id, "error").rest("reason", e.text()).write();
            throw new NotReady(Fault.NETWORK, e.text());
        } catch (NotReady e) {
            event(kit, id, "error").rest("reason", e.why).write();
            throw e;
        } finally {
            if (!ready) {
                session.close();
            }
        }
    }

    private static Watchers watchers(
            Kit kit, Route route, Wire wire, SessionId id, String hostName) {
        var notes = Watchers.notes(kit.log(), id);
        var watchers = new Watchers(route.watchers().open(id, Side.SMTP_OUT, notes, kit.clock()));
        if (watchers.areThere()) {
            wire.follow(watchers);
        }
        var theirs = route.stop().address();
        // A client of a Unix socket has no address of its own.
        var ours = wire.ourEnd().filter(InetSocketAddress.class::isInstance).orElse(theirs);
        watchers.connected(ours, theirs, hostName);
        return watchers;
    }

    private record Tracing(Log log, SessionId id) implements Wire.Witness {
        @Override
        public void said(String line) {
            log.trace("mta", id + " >>> " + Log.visible(line));
        }

        @Override
        public void heard(String line) {
            log.trace("mta", id + " <<< " + Log.visible(line));
        }

        @Override
        public void timedOut() {}
    }

    private static Fault faultOfConnect(PeerLost e) {
        var cause = e.getCause();
        var text = cause == null ? "" : String.valueOf(cause.getMessage());
        if (text.contains("etwork is unreachable") || text.contains("not supported by protocol")) {
            return Fault.UNREACHABLE_FAMILY;
        }
        if (cause instanceof BindException || text.contains("assign requested address")) {
            return Fault.SOURCE;
        }
        return Fault.NETWORK;
    }

    private void begin() throws PeerLost, NotReady, TlsFailed {
        if (stop.security() == Security.IMPLICIT) {
            handshake(Outbound.Trust.VERIFIED);
        }
        var greeting = wire.reply(kit.timeouts().greeting());
        watchers.greeted(greeting);
        expect(greeting, "BANNER");
        hello();
        if (stop.dialect() == Dialect.SMTP) {
            switch (stop.security()) {
                case OPPORTUNISTIC -> {
                    if (extensions.startTls()) {
                        startTls();
                    }
                }
                case STARTTLS -> {
                    if (!extensions.startTls()) {
                        throw new NotReady(
                                Fault.INSECURE, "TLS required but not supported by remote host");
                    }
                    startTls();
                }
                case NEVER, IMPLICIT -> {}
            }
        }
    }

    private void expect(PeerReply reply, String phase) throws NotReady {
        if (!reply.isPositive()) {
            throw new NotReady(
                    reply.closes() ? Fault.BUSY : Fault.REFUSED,
                    phase + " rejected: " + reply.text());
        }
    }

    private PeerReply ask(String command) throws PeerLost {
        mustBeQuiet();
        wire.say(command);
        return wire.reply(kit.timeouts().command());
    }

    /// EHLO, or HELO where that is not understood, or LHLO (RFC 5321 section 4.1.1.1, RFC 2033
    /// section 4.1).
    private void hello() throws PeerLost, NotReady {
        if (stop.dialect() == Dialect.LMTP) {
            var reply = introduce("LHLO");
            expect(reply, "LHLO");
            extensions = Extensions.read(reply.lines());
            return;
        }
        var reply = introduce("EHLO");
        if (reply.isPositive()) {
            extensions = Extensions.read(reply.lines());
            return;
        }
        if (reply.closes()
                || stop.security() == Security.STARTTLS
                || stop.security() == Security.IMPLICIT) {
            expect(reply, "EHLO");
        }
        expect(introduce("HELO"), "HELO");
        extensions = Extensions.NONE;
    }

    private PeerReply introduce(String verb) throws PeerLost {
        mustBeQuiet();
        wire.say(verb + ' ' + helo);
        watchers.identified(verb, helo);
        return wire.reply(kit.timeouts().command());
    }

    private void mustBeQuiet() throws PeerLost {
        if (wire.hasUnread()) {
            throw new PeerLost("Remote host sent too much data");
        }
    }

    /// STARTTLS (RFC 3207 section 4). What was offered in clear is forgotten.
    private void startTls() throws PeerLost, NotReady, TlsFailed {
        var reply = ask("STARTTLS");
        if (!reply.isPositive()) {
            if (stop.security() == Security.STARTTLS) {
                expect(reply, "STARTTLS");
            }
            if (reply.closes()) {
                throw new PeerLost("STARTTLS rejected: " + reply.text());
            }
            return;
        }
        mustBeQuiet();
        handshake(
                stop.security() == Security.STARTTLS
                        ? Outbound.Trust.VERIFIED
                        : Outbound.Trust.ANYONE);
        extensions = Extensions.NONE;
        hello();
    }

    private void handshake(Outbound.Trust trust) throws PeerLost, NotReady, TlsFailed {
        int port = stop.address() instanceof InetSocketAddress inet ? inet.getPort() : 0;
        var patience = kit.timeouts().handshake();
        try {
            var agreed = wire.startTls(kit.tls(), stop.host(), port, trust, patience);
            watchers.secured(agreed);
            event("tls").word("ciphers", agreed.ciphers()).write();
            event("cert-check")
                    .quoted("result", trust == Outbound.Trust.VERIFIED ? "valid" : "unverified")
                    .quoted("fingerprint", "SHA256:" + agreed.fingerprint())
                    .write();
        } catch (PeerLost e) {
            if (trust == Outbound.Trust.VERIFIED) {
                event("closing").word("reason", "tls-failure").write();
                if (isVerdict(e.getCause())) {
                    throw new NotReady(Fault.UNTRUSTED, e.text());
                }
                throw e;
            }
            kit.log()
                    .info(
                            "smtp-out: Error on session "
                                    + id
                                    + ": opportunistic TLS failed, downgrading to plain: "
                                    + Log.visible(e.text()));
            throw new TlsFailed();
        }
    }

    /// Did one of both ends find the other's TLS wanting? Otherwise the connection broke.
    private static boolean isVerdict(@Nullable Throwable cause) {
        return cause instanceof SSLHandshakeException && !(cause.getCause() instanceof IOException);
    }

    /// Hands `parcel` over: one mail transaction (RFC 5321 section 3.3).
    ///
    /// @throws IOException if the queue fails in the middle; the session is closed
    Transaction.Result hand(Parcel parcel) throws IOException {
        boolean ended = false;
        var transfer = watchers.begin(parcel);
        try {
            var result =
                    new Transaction(
                                    wire,
                                    extensions,
                                    stop.dialect(),
                                    kit.timeouts(),
                                    parcel,
                                    transfer)
                            .run();
            messages++;
            switch (result.end()) {
                case READY -> {
                    transfer.ends();
                    usedLast = kit.clock().instant();
                }
                case RESET -> reset(transfer);
                case CLOSED -> {
                    transfer.ends();
                    fail(result.why());
                }
            }
            ended = true;
            return result;
        } finally {
            if (!ended) {
                transfer.ends();
                close();
            }
        }
    }

    /// RSET after a transaction that did not come to its end.
    private void reset(Watchers.Transfer transfer) {
        try {
            var reply = ask("RSET");
            transfer.ends();
            if (reply.closes()) {
                quit();
            } else {
                usedLast = kit.clock().instant();
            }
        } catch (PeerLost e) {
            transfer.ends();
            fail(e.text());
        }
    }

    private void fail(String why) {
        close();
        if (messages <= 1) {
            event("error").rest("reason", why).write();
        } else {
            kit.log()
                    .info(
                            "smtp-out: Error on session %s after %d message(s) sent: %s"
                                    .formatted(id, messages - 1, Log.visible(why)));
        }
    }

    /// Can another transaction follow?
    boolean isOpen() {
        return !over;
    }

    /// When the last transaction ended.
    Instant usedLast() {
        return usedLast;
    }

    /// How many transactions there have been.
    int messages() {
        return messages;
    }

    /// Gives back all memory that is not needed while nothing is said.
    void rest() {
        wire.rest();
    }

    /// The name of the session in the log.
    SessionId id() {
        return id;
    }

    /// Our own end, as the log shows it.
    String source() {
        return wire.localAddress();
    }

    /// The other end, as the log shows it.
    String relay() {
        return stop.where() + " (" + hostName + ")";
    }

    /// How many recipients a mail transaction may have; `usual` where the other end sets no limit.
    int mostRecipients(int usual) {
        return extensions.mostRecipients(usual);
    }

    /// How many mail transactions there may be; `usual` where the other end sets no limit.
    int mostMails(int usual) {
        return extensions.mostMails(usual);
    }

    /// Does the other end keep times of delivery, or pass them on?
    boolean keepsTimes() {
        return extensions.deliverBy();
    }

    /// Does the other end pass wishes for notifications on?
    boolean speaksDsn() {
        return extensions.dsn();
    }

    /// Ends the session politely; waits only a moment for the answer.
    void quit() {
        if (over) {
            return;
        }
        over = true;
        try {
            wire.say("QUIT");
            wire.reply(kit.timeouts().quit());
        } catch (PeerLost e) {
            kit.log().debug(id + " no answer to QUIT: " + Log.visible(e.text()));
        }
        wire.close();
        watchers.disconnected();
        event("disconnected").word("reason", "quit").number("messages", messages).write();
    }

    /// Ends the session at once.
    @Override
    public void close() {
        if (!over) {
            over = true;
            wire.close();
            watchers.disconnected();
        }
    }
}
