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
import org.postern.ipc.Deadlines;
import org.postern.ipc.Inquiry;
import org.postern.ipc.Keeping;
import org.postern.mail.Chunk;
import org.postern.tls.KeyHolder;

/// Has the room `keeper` sign, and shows its certificates. May be asked from any thread.
public final class KeeperSigner implements KeyHolder, Closeable {
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final Inquiry<Keeping, Keeping.Answer> inquiry;

    /// Signatures by the room that hears at `socket`, at most `conversations` at a time.
    public KeeperSigner(Path socket, Deadlines deadlines, int conversations) {
        this.inquiry =
                new Inquiry<>(
                        socket, Keeping.frames(), Keeping.answers(), deadlines, conversations);
    }

    @Override
    public Chunk sign(String key, Algorithm algorithm, Chunk content) throws IOException {
        var question = new Keeping.Sign(key, spoken(algorithm), content);
        return switch (ask(question)) {
            case Keeping.Answer.Signed(var signature) -> signature;
            case Keeping.Answer.Refused(var why) -> throw new IOException(why);
            case Keeping.Answer.Chain _ -> throw new IOException("certificates for a signature");
        };
    }

    @Override
    public List<X509Certificate> certificates(String pki) throws IOException {
        return shown("pki " + pki, new Keeping.Certificates(pki));
    }

    @Override
    public List<X509Certificate> authorities(String ca) throws IOException {
        return shown("ca " + ca, new Keeping.Authorities(ca));
    }

    /// A room that knows no such name may be one that was replaced and still answers over the
    /// conversations of before; so it is asked once more over a new one.
    private List<X509Certificate> shown(String what, Keeping question) throws IOException {
        var answer = ask(question);
        if (answer instanceof Keeping.Answer.Refused) {
            inquiry.hangUp();
            answer = ask(question);
        }
        return switch (answer) {
            case Keeping.Answer.Chain(var chain) -> decoded(what, chain);
            case Keeping.Answer.Refused(var why) -> throw new IOException(what + ": " + why);
            case Keeping.Answer.Signed _ -> throw new IOException("a signature for certificates");
        };
    }

    private Keeping.Answer ask(Keeping question) throws IOException {
        try {
            return inquiry.ask(question, PATIENCE);
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
    public void close() {
        inquiry.close();
    }
}
