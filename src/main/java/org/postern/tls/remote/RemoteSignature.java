package org.postern.tls.remote;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.AlgorithmParameters;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.InvalidParameterException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SignatureException;
import java.security.SignatureSpi;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postern.mail.Chunk;
import org.postern.tls.remote.Signer.Algorithm;

/// One signature under way: gathers what is to be signed, and has it signed at the end.
final class RemoteSignature extends SignatureSpi {
    /// Stands for the digest where the name of the signature says all.
    static final String NO_PARAMETERS = "";

    /// More than any TLS handshake signs.
    private static final int MOST = 256 * 1024;

    private final String name;
    private final Map<String, Algorithm> algorithms;
    private final ByteArrayOutputStream content = new ByteArrayOutputStream();

    /// The digest of the parameters; null until they are set.
    private @Nullable String digest;

    /// Null until it is initialized.
    private @Nullable RemoteKey key;

    RemoteSignature(String name, Map<String, Algorithm> algorithms) {
        this.name = name;
        this.algorithms = algorithms;
        this.digest = algorithms.containsKey(NO_PARAMETERS) ? NO_PARAMETERS : null;
    }

    @Override
    protected void engineInitSign(PrivateKey privateKey) throws InvalidKeyException {
        if (!(privateKey instanceof RemoteKey remote)) {
            throw new InvalidKeyException("not a remote key");
        }
        key = remote;
        content.reset();
    }

    @Override
    protected void engineInitVerify(PublicKey publicKey) throws InvalidKeyException {
        throw new InvalidKeyException("remote keys only sign");
    }

    @Override
    protected void engineUpdate(byte b) throws SignatureException {
        checkRoom(1);
        content.write(b);
    }

    @Override
    protected void engineUpdate(byte[] bytes, int from, int length) throws SignatureException {
        checkRoom(length);
        content.write(bytes, from, length);
    }

    private void checkRoom(int length) throws SignatureException {
        if (content.size() + length > MOST) {
            throw new SignatureException("more than " + MOST + " bytes to sign");
        }
    }

    @Override
    protected byte[] engineSign() throws SignatureException {
        var signing = key;
        var algorithm = digest == null ? null : algorithms.get(digest);
        if (signing == null || algorithm == null) {
            throw new SignatureException(name + ": not initialized");
        }
        var bytes = Chunk.handOver(content.toByteArray());
        content.reset();
        try {
            return signing.signer().sign(signing.name(), algorithm, bytes).toArray();
        } catch (IOException e) {
            throw new SignatureException(signing.name() + ": " + e.getMessage(), e);
        }
    }

    @Override
    protected boolean engineVerify(byte[] signature) throws SignatureException {
        throw new SignatureException("remote keys only sign");
    }

    /// The parameters of RSASSA-PSS, which the holder of the key derives from the digest alone:
    /// mask by the same digest, salt of its length (RFC 8446 section 4.2.3).
    @Override
    protected void engineSetParameter(AlgorithmParameterSpec params)
            throws InvalidAlgorithmParameterException {
        if (!(params instanceof PSSParameterSpec pss)
                || !algorithms.containsKey(pss.getDigestAlgorithm())
                || !(pss.getMGFParameters() instanceof MGF1ParameterSpec mask)
                || !mask.getDigestAlgorithm().equals(pss.getDigestAlgorithm())
                || pss.getSaltLength() * 8
                        != Integer.parseInt(pss.getDigestAlgorithm().substring("SHA-".length()))) {
            throw new InvalidAlgorithmParameterException(name + ": " + params);
        }
        digest = pss.getDigestAlgorithm();
    }

    @Override
    @SuppressWarnings("NullAway") // The interface asks for null where there are no parameters.
    protected AlgorithmParameters engineGetParameters() {
        return null;
    }

    @Override
    @Deprecated
    protected void engineSetParameter(String param, Object value) {
        throw new InvalidParameterException(param);
    }

    @Override
    @Deprecated
    protected Object engineGetParameter(String param) {
        throw new InvalidParameterException(param);
    }
}
