package org.postern.tls;

import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.List;
import org.postern.tls.remote.Signer;

/// Whoever holds the private keys: shows what may be shown of them, and signs. May be asked from
/// any thread, and may take seconds.
public interface KeyHolder extends Signer {
    /// The certificate chain of the pki named `pki`, the server's own first.
    ///
    /// @throws IOException if there is none, or nobody to be asked
    List<X509Certificate> certificates(String pki) throws IOException;

    /// The certificates of the ca named `ca`, whom clients' certificates have to be from.
    ///
    /// @throws IOException if there is none, or nobody to be asked
    List<X509Certificate> authorities(String ca) throws IOException;
}
