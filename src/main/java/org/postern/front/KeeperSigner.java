package org.postern.front;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.postern.ipc.Deadlines;
import org.postern.ipc.Inquiry;
import org.postern.ipc.Keeping;
import org.postern.mail.Chunk;
import org.postern.tls.KeyHolder;
import org.postern.tls.remote.KeyName;

/// Has the room `keeper` sign, and shows its certificates. May be asked from any thread.
///
/// A reload may put another process in the place of `keeper`, which may not know the keys of
/// before; the old one still answers over conversations that are open. So questions about
/// certificates go to the process of now, and a key is asked to sign where its certificate came
/// from.
public final class KeeperSigner implements KeyHolder, Closeable {
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final Supplier<Inquiry<Keeping, Keeping.Answer>> inquiries;

    /// Conversations since the last reload, and, if there was one, before it.
    private volatile List<Inquiry<Keeping, Keeping.Answer>> latest;

    /// With whom to speak about the keys whose certificates were shown; all are of the latest.
    private final Map<String, Inquiry<Keeping, Keeping.Answer>> shown = new ConcurrentHashMap<>();

    /// Signatures by the room that hears at `socket`, at most `conversations` at a time before a
    /// reload and as many after it.
    public KeeperSigner(Path socket, Deadlines deadlines, int conversations) {
        this.inquiries =
                () ->
                        new Inquiry<>(
                                socket,
                                Keeping.frames(),
                                Keeping.answers(),
                                deadlines,
                                conversations);
        this.latest = List.of(inquiries.get());
    }

    /// There is another configuration: from now on whoever hears at the socket now shows the
    /// certificates.
    public synchronized void renew() {
        var before = latest;
        latest = List.of(inquiries.get(), before.getFirst());
        shown.values().retainAll(latest);
        before.stream().skip(1).forEach(Inquiry::close);
    }

    @Override
    public Chunk sign(String key, Algorithm algorithm, Chunk content) throws IOException {
        var question = new Keeping.Sign(key, spoken(algorithm), content);
        var now = latest.getFirst();
        var holder = shown.getOrDefault(key, now);
        var answer = ask(holder, question, KeeperSigner::isSignature);
        if (holder != now && !isSignature(answer)) {
            answer = ask(now, question, KeeperSigner::isSignature);
        }
        return switch (answer) {
            case Keeping.Answer.Signed(var signature) -> signature;
            case Keeping.Answer.Refused(var why) -> throw new IOException(why);
            case Keeping.Answer.Chain _ -> throw new IOException("certificates for a signature");
        };
    }

    @Override
    public List<X509Certificate> certificates(String pki) throws IOException {
        var now = latest.getFirst();
        var chain = chain(now, "pki " + pki, new Keeping.Certificates(pki));
        synchronized (this) {
            if (!chain.isEmpty() && latest.contains(now)) {
                shown.put(KeyName.of(chain.getFirst().getPublicKey()), now);
            }
        }
        return chain;
    }

    @Override
    public List<X509Certificate> authorities(String ca) throws IOException {
        return chain(latest.getFirst(), "ca " + ca, new Keeping.Authorities(ca));
    }

    private static List<X509Certificate> chain(
            Inquiry<Keeping, Keeping.Answer> holder, String what, Keeping question)
            throws IOException {
        return switch (ask(holder, question, _ -> true)) {
            case Keeping.Answer.Chain(var chain) -> decoded(what, chain);
            case Keeping.Answer.Refused(var why) -> throw new IOException(what + ": " + why);
            case Keeping.Answer.Signed _ -> throw new IOException("a signature for certificates");
        };
    }

    private static boolean isSignature(Keeping.Answer answer) {
        return answer instanceof Keeping.Answer.Signed;
    }

    private static Keeping.Answer ask(
            Inquiry<Keeping, Keeping.Answer> holder,
            Keeping question,
            Predicate<Keeping.Answer> suffices)
            throws IOException {
        try {
            return holder.ask(question, PATIENCE, suffices);
        } catch (IOException e) {
            throw new IOException("keeper cannot be asked: " + e.getMessage(), e);
        }
    }

    private static List<X509Certificate> decoded(String what, List<Chunk> chain)
            throws IOException {
        var certificates = new ArrayList<X509Certificate>();
        try {
            var factory = CertificateFactory.getInstance("X.509");
            for (var certificate : chain) {
                certificates.add(
                        (X509Certificate) factory.generateCertificate(certificate.stream()));
            }
        } catch (CertificateException e) {
            throw new IOException(what + ": " + e.getMessage(), e);
        }
        return List.copyOf(certificates);
    }

    private static Keeping.Algorithm spoken(Algorithm algorithm) {
        return switch (algorithm) {
            case RSASSA_PSS_SHA256 -> Keeping.Algorithm.RSASSA_PSS_SHA256;
            case RSASSA_PSS_SHA384 -> Keeping.Algorithm.RSASSA_PSS_SHA384;
            case RSASSA_PSS_SHA512 -> Keeping.Algorithm.RSASSA_PSS_SHA512;
            case SHA256_WITH_RSA -> Keeping.Algorithm.SHA256_WITH_RSA;
            case SHA384_WITH_RSA -> Keeping.Algorithm.SHA384_WITH_RSA;
            case SHA512_WITH_RSA -> Keeping.Algorithm.SHA512_WITH_RSA;
            case SHA256_WITH_ECDSA -> Keeping.Algorithm.SHA256_WITH_ECDSA;
            case SHA384_WITH_ECDSA -> Keeping.Algorithm.SHA384_WITH_ECDSA;
            case SHA512_WITH_ECDSA -> Keeping.Algorithm.SHA512_WITH_ECDSA;
            case ED25519 -> Keeping.Algorithm.ED25519;
        };
    }

    /// Hangs up.
    @Override
    public synchronized void close() {
        latest.forEach(Inquiry::close);
    }
}
