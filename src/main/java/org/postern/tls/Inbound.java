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
import org.postern.config.Config;
import org.postern.config.Listen;
import org.postern.config.Pki;
import org.postern.config.Protocols.Version;
import org.postern.tls.suite.Suite;

/// TLS towards the clients of one listener. It shows the certificates that the holder of the keys
/// shows, and looks every few seconds, when a client comes, whether these have changed. May be used
/// from any thread.
public final class Inbound {
    /// How long certificates are shown before their holder is asked for them again.
    static final Duration FRESH = Duration.ofSeconds(5);

    /// The elliptic curves on which keys are agreed on, and the groups where those are not enough
    /// (RFC 7919).
    private static final List<String> CURVES = List.of("x25519", "secp256r1", "secp384r1");

    private static final List<String> GROUPS = List.of("ffdhe2048", "ffdhe3072", "ffdhe4096");

    private final Listen listen;
    private final List<String> versions;
    private final List<String> suites;
    private final List<String> groups;
    private final KeyHolder holder;
    private final InstantSource clock;
    private final ReentrantLock renewing = new ReentrantLock();

    /// Null until the first client comes, for the holder may start later than we.
    private volatile @Nullable Snapshot current;

    /// What handshakes begin with. A handshake ends with the certificates it began with.
    private record Snapshot(
            SSLContext context,
            List<List<X509Certificate>> chains,
            List<X509Certificate> authorities,
            Instant looked) {}

    /// The TLS that `listen` asks for, a listener of `config`, with the keys that `holder` has.
    public Inbound(Listen listen, Config config, KeyHolder holder, InstantSource clock) {
        this.listen = listen;
        this.versions = versions(listen);
        boolean finite = finiteFields(listen, config) != Pki.Dhe.NONE;
        var chosen = listen.ciphers().orElse(config.settings().ciphers()).suites();
        this.suites =
                Stream.concat(Suite.TLS_1_3.stream(), chosen.stream())
                        .filter(suite -> finite || !suite.isFiniteField())
                        .map(Suite::javaName)
                        .toList();
        this.groups = Stream.concat(CURVES.stream(), GROUPS.stream().filter(_ -> finite)).toList();
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
        parameters.setProtocols(versions.toArray(String[]::new));
        parameters.setCipherSuites(suites.toArray(String[]::new));
        parameters.setUseCipherSuitesOrder(true);
        parameters.setNamedGroups(groups.toArray(String[]::new));
        parameters.setNeedClientAuth(verifies());
        parameters.setSNIMatchers(List.of(new ServerKeys.Wish()));
        return parameters;
    }

    private static List<String> versions(Listen listen) {
        return listen.protocols().versions().stream().sorted().map(Inbound::javaName).toList();
    }

    /// What the first pki says holds for the listener.
    private static Pki.Dhe finiteFields(Listen listen, Config config) {
        var first = config.pki().get(listen.keys().getFirst());
        return first == null ? Pki.Dhe.NONE : first.dhe();
    }

    /// Do clients have to show a certificate that the authorities vouch for?
    public boolean verifies() {
        return listen.clientCertificate() == Listen.ClientCertificate.REQUIRED;
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
        var authorities = authorities();
        boolean same =
                before != null
                        && before.chains().equals(chains)
                        && before.authorities().equals(authorities);
        var context = before != null && same ? before.context() : context(chains, authorities);
        var fresh = new Snapshot(context, chains, authorities, moment);
        current = fresh;
        return fresh;
    }

    private List<X509Certificate> authorities() throws IOException {
        var name = listen.authority();
        return verifies() && name.isPresent() ? holder.authorities(name.get()) : List.of();
    }

    private SSLContext context(
            List<List<X509Certificate>> chains, List<X509Certificate> authorities)
            throws IOException {
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(
                    new KeyManager[] {ServerKeys.of(chains, holder)},
                    Authorities.of(authorities),
                    null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException(listen.at() + ": " + e.getMessage(), e);
        }
    }
}
