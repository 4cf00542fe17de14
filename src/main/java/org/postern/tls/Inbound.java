package org.postern.tls;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;
import org.postern.config.Listen;
import org.postern.config.Protocols.Version;
import org.postern.tls.suite.Suite;

/// TLS towards the clients of one listener. It shows the certificates that the holder of the keys
/// shows, and looks every few seconds, when a client comes, whether these have changed. May be used
/// from any thread.
public final class Inbound {
    /// How long certificates are shown before their holder is asked for them again.
    static final Duration FRESH = Duration.ofSeconds(5);

    /// The groups of elliptic curves on which keys are agreed on.
    private static final String[] GROUPS = {"x25519", "secp256r1", "secp384r1"};

    private final Listen listen;
    private final KeyHolder holder;
    private final InstantSource clock;
    private final ReentrantLock renewing = new ReentrantLock();

    /// Null until the first client comes, for the holder may start later than we.
    private volatile @Nullable Snapshot current;

    /// What handshakes begin with. A handshake ends with the certificates it began with.
    private record Snapshot(
            SSLContext context, List<List<X509Certificate>> chains, Instant looked) {}

    /// The TLS that `listen` asks for, with the keys that `holder` has.
    public Inbound(Listen listen, KeyHolder holder, InstantSource clock) {
        this.listen = listen;
        this.holder = holder;
        this.clock = clock;
    }

    /// Makes ready for a handshake; [#engine] then has nothing to wait for.
    ///
    /// @throws IOException if the holder of the keys cannot be asked
    public void makeReady() throws IOException {
        var _ = snapshot();
    }

    /// The server's side of one connection, before its handshake.
    ///
    /// @throws IOException if the holder of the keys cannot be asked
    public SSLEngine engine() throws IOException {
        var engine = snapshot().context().createSSLEngine();
        engine.setUseClientMode(false);
        engine.setSSLParameters(parameters());
        return engine;
    }

    private SSLParameters parameters() {
        var parameters = new SSLParameters();
        var versions = listen.protocols().versions();
        parameters.setProtocols(
                versions.stream().sorted().map(Inbound::javaName).toArray(String[]::new));
        parameters.setCipherSuites(
                Stream.concat(Suite.TLS_1_3.stream(), Suite.TLS_1_2.stream())
                        .map(Suite::javaName)
                        .filter(name -> !name.startsWith("TLS_DHE_"))
                        .toArray(String[]::new));
        parameters.setUseCipherSuitesOrder(true);
        parameters.setNamedGroups(GROUPS);
        parameters.setSNIMatchers(List.of(new ServerKeys.Wish()));
        return parameters;
    }

    private static String javaName(Version version) {
        return switch (version) {
            case TLS_1_2 -> "TLSv1.2";
            case TLS_1_3 -> "TLSv1.3";
        };
    }

    private Snapshot snapshot() throws IOException {
        var now = current;
        if (now != null && clock.instant().isBefore(now.looked().plus(FRESH))) {
            return now;
        }
        if (now != null && !renewing.tryLock()) {
            return now; // another looks already
        }
        if (now == null) {
            renewing.lock();
        }
        try {
            return renewed();
        } finally {
            renewing.unlock();
        }
    }

    private Snapshot renewed() throws IOException {
        var before = current;
        var moment = clock.instant();
        if (before != null && moment.isBefore(before.looked().plus(FRESH))) {
            return before;
        }
        var chains = new ArrayList<List<X509Certificate>>();
        for (var pki : listen.keys()) {
            chains.add(holder.certificates(pki));
        }
        var context =
                before != null && before.chains().equals(chains)
                        ? before.context()
                        : context(chains);
        var fresh = new Snapshot(context, chains, moment);
        current = fresh;
        return fresh;
    }

    private SSLContext context(List<List<X509Certificate>> chains) throws IOException {
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {ServerKeys.of(chains, holder)}, null, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException(listen.at() + ": " + e.getMessage(), e);
        }
    }
}
