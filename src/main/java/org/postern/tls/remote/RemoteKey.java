package org.postern.tls.remote;

import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.math.BigInteger;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.ECKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.NamedParameterSpec;

/// A private key that is elsewhere: its name, who can sign with it, and what its certificate says
/// of its kind. There is nothing secret in it.
public abstract sealed class RemoteKey implements PrivateKey {
    private static final long serialVersionUID = 1;

    private final String name;
    private final transient Signer signer;

    private RemoteKey(String name, Signer signer) {
        this.name = name;
        this.signer = signer;
    }

    /// The key whose certificate holds `certified`; its name is [KeyName#of] that.
    ///
    /// @throws InvalidKeyException if it is neither RSA nor elliptic curve nor Ed25519
    public static RemoteKey of(PublicKey certified, Signer signer) throws InvalidKeyException {
        var name = KeyName.of(certified);
        return switch (certified) {
            case RSAPublicKey rsa -> new Rsa(name, signer, rsa.getModulus());
            case ECPublicKey ec -> new Ec(name, signer, ec.getParams());
            case EdECPublicKey ed when ed.getParams().getName().equals("Ed25519") ->
                    new Ed(name, signer, ed.getParams());
            default -> throw new InvalidKeyException(name + ": a key " + certified.getAlgorithm());
        };
    }

    /// The name by which the signer knows it.
    public String name() {
        return name;
    }

    Signer signer() {
        return signer;
    }

    /// Always null, which tells the JDK that the key cannot be had.
    @Override
    @SuppressWarnings("NullAway") // The interface asks for null.
    public final String getFormat() {
        return null;
    }

    /// Always null, which tells the JDK that the key cannot be had.
    @Override
    @SuppressWarnings({"NullAway", "ReturnsNullArray"}) // The interface asks for null.
    public final byte[] getEncoded() {
        return null;
    }

    private void writeObject(ObjectOutputStream out) throws NotSerializableException {
        throw new NotSerializableException("a remote key is of use in its own process only");
    }

    private static final class Rsa extends RemoteKey implements RSAKey {
        private static final long serialVersionUID = 1;
        private final BigInteger modulus;

        Rsa(String name, Signer signer, BigInteger modulus) {
            super(name, signer);
            this.modulus = modulus;
        }

        @Override
        public String getAlgorithm() {
            return "RSA";
        }

        @Override
        public BigInteger getModulus() {
            return modulus;
        }

        @Override
        @SuppressWarnings("NullAway") // Null says: no restriction to parameters.
        public AlgorithmParameterSpec getParams() {
            return null;
        }
    }

    private static final class Ec extends RemoteKey implements ECKey {
        private static final long serialVersionUID = 1;
        private final transient ECParameterSpec params;

        Ec(String name, Signer signer, ECParameterSpec params) {
            super(name, signer);
            this.params = params;
        }

        @Override
        public String getAlgorithm() {
            return "EC";
        }

        @Override
        public ECParameterSpec getParams() {
            return params;
        }
    }

    private static final class Ed extends RemoteKey implements EdECKey {
        private static final long serialVersionUID = 1;
        private final transient NamedParameterSpec params;

        Ed(String name, Signer signer, NamedParameterSpec params) {
            super(name, signer);
            this.params = params;
        }

        @Override
        public String getAlgorithm() {
            return "EdDSA";
        }

        @Override
        public NamedParameterSpec getParams() {
            return params;
        }
    }
}
