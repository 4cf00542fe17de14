package org.postern.house;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.Signature;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.postern.front.KeeperSigner;
import org.postern.ipc.Deadlines;
import org.postern.tls.remote.RemoteKey;
import org.postern.tls.remote.RemoteKeys;

/// A program that has the keeper sign as fast as it can, as TLS handshakes in `front` would: it
/// must run as the user of `front`. Each line that it reads is answered with what happened so far.
final class SigningLoad {
    private static final int CLIENTS = 4;
    private static final byte[] CONTENT =
            "what a handshake signs".getBytes(StandardCharsets.US_ASCII);

    private final KeeperSigner signer;
    private final String pki;
    private final AtomicLong signed = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final AtomicLong wrong = new AtomicLong();

    private SigningLoad(KeeperSigner signer, String pki) {
        this.signer = signer;
        this.pki = pki;
    }

    public static void main(String[] words) throws Exception {
        RemoteKeys.install();
        try (var signer = new KeeperSigner(Path.of(words[0]), new Deadlines(), CLIENTS)) {
            var load = new SigningLoad(signer, words[1]);
            var clients = new ArrayList<Thread>();
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(Thread.ofPlatform().daemon().start(load::signOnAndOn));
            }
            while (System.in.read() >= 0) {
                System.out.println(load.signed + " " + load.failed + " " + load.wrong);
            }
        }
    }

    private void signOnAndOn() {
        while (true) {
            try {
                sign();
                signed.incrementAndGet();
            } catch (Exception e) {
                failed.incrementAndGet();
                Thread.yield();
            }
        }
    }

    private void sign() throws Exception {
        var certificate = signer.certificates(pki).getFirst();
        var signing = Signature.getInstance("SHA256withECDSA");
        signing.initSign(RemoteKey.of(certificate.getPublicKey(), signer));
        signing.update(CONTENT);
        var signature = signing.sign();
        var checking = Signature.getInstance("SHA256withECDSA");
        checking.initVerify(certificate);
        checking.update(CONTENT);
        if (!checking.verify(signature)) {
            wrong.incrementAndGet();
        }
    }
}
