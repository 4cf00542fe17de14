package org.postern.front.server;

import java.io.IOException;
import java.time.Duration;
import javax.net.ssl.SSLException;
import org.postern.front.server.Hangup.Cause;
import org.postern.mail.Origin;
import org.postern.smtp.Reply;
import org.postern.tls.Agreement;
import org.postern.tls.HandshakeFault;
import org.postern.tls.Inbound;

/// How a session becomes private: STARTTLS (RFC 3207), and TLS before the greeting (RFC 8314
/// section 3.3). It belongs to its session.
final class Handshake {
    /// How long a handshake may take.
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Reception reception;
    private final Link link;
    private final Wire wire;
    private final SessionLog log;
    private final Progress progress;
    private final Traffic traffic;

    Handshake(
            Reception reception,
            Link link,
            Wire wire,
            SessionLog log,
            Progress progress,
            Traffic traffic) {
        this.reception = reception;
        this.link = link;
        this.wire = wire;
        this.log = log;
        this.progress = progress;
        this.traffic = traffic;
    }

    /// Shakes hands, if the listener speaks nothing but TLS.
    ///
    /// @throws IOException if that fails; nothing was said in clear text
    void beforeTheGreeting() throws IOException {
        if (reception.protection() instanceof Protection.AtOnce(var tls)) {
            shakeHands(tls);
        }
    }

    /// STARTTLS, RFC 3207 section 4. If the reply is positive, [#begin] follows.
    ///
    /// It is the last command of a batch (RFC 2920 section 3.1). Who sends on is cut off: in clear
    /// text anybody on the way could have added what would count as said in private.
    Reply startTls(String argument) throws IOException, Hangup {
        return switch (reception.protection()) {
            case Protection.None(), Protection.AtOnce(_) ->
                    progress.isPrivate() ? Replies.SECURED_ALREADY : Replies.NOT_SUPPORTED;
            case Protection.Offered(var tls) -> startTls(argument, tls);
            case Protection.Demanded(var tls) -> startTls(argument, tls);
        };
    }

    private Reply startTls(String argument, Inbound tls) throws IOException, Hangup {
        if (wire.hasMore()) {
            throw new Hangup(Cause.BAD_INPUT, Replies.NOTHING_AFTER_STARTTLS);
        }
        if (!(progress.phase() instanceof Phase.Identified)) {
            return Replies.NOT_NOW;
        }
        if (progress.isPrivate()) {
            return Replies.SECURED_ALREADY;
        }
        if (!argument.isEmpty()) {
            return Replies.NO_PARAMETERS;
        }
        try {
            tls.makeReady();
        } catch (IOException e) {
            log.trouble("no TLS: " + e.getMessage());
            return Replies.NO_TLS_NOW;
        }
        return Replies.READY_FOR_TLS;
    }

    /// Shakes hands; the client has been told to begin.
    ///
    /// @throws IOException if that fails; nothing can be said to the client any more
    void begin() throws IOException {
        wire.flush();
        switch (reception.protection()) {
            case Protection.None(), Protection.AtOnce(_) ->
                    throw new IllegalStateException("STARTTLS was not offered");
            case Protection.Offered(var tls) -> shakeHands(tls);
            case Protection.Demanded(var tls) -> shakeHands(tls);
        }
    }

    private static Agreement agreement(TlsLink secured, Inbound tls) throws IOException {
        try {
            return secured.shakeHands(tls.engine(), PATIENCE);
        } catch (SSLException e) {
            throw new IOException("TLS: " + HandshakeFault.text(e), e);
        }
    }

    private void shakeHands(Inbound tls) throws IOException {
        var secured = new TlsLink(link);
        wire.goesOver(secured); // whatever goes wrong from here on, nothing is said in clear text
        var agreement = agreement(secured, tls);
        progress.becomesPrivate(
                new Origin.Security.Tls(
                        agreement.version(),
                        agreement.cipher(),
                        agreement.bits(),
                        tls.verifies()
                                ? Origin.Security.Peer.VERIFIED
                                : Origin.Security.Peer.UNVERIFIED),
                secured.bindings());
        traffic.becomesPrivate(reception.protection());
        log.secured(agreement);
    }
}
