package org.postern.backend;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import javax.net.SocketFactory;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/// Makes connections to a directory on which nothing is said in the clear but the demand to encrypt
/// them: StartTLS, RFC 4511 section 4.14. The certificate has to be for the host that is called.
///
/// JNDI could encrypt a connection that it has, but where that is lost it makes another, and goes
/// on in the clear, with the password. Whoever gets all connections from here cannot.
///
/// Public, with [#getDefault], because JNDI wants it by its name.
public final class StartTlsSockets extends SocketFactory {
    private static final int MILLISECONDS = 3000;
    private static final int LONGEST_RESPONSE = 4096;
    private static final String OBJECT = "1.3.6.1.4.1.1466.20037";

    private static final int SEQUENCE = 0x30;
    private static final int INTEGER = 0x02;
    private static final int ENUMERATED = 0x0a;
    private static final int EXTENDED_REQUEST = 0x77;
    private static final int EXTENDED_RESPONSE = 0x78;
    private static final int REQUEST_NAME = 0x80;

    private final SSLSocketFactory tls;

    StartTlsSockets(SSLSocketFactory tls) {
        this.tls = tls;
    }

    /// For JNDI: connections that trust whom this process trusts.
    public static SocketFactory getDefault() {
        return new StartTlsSockets((SSLSocketFactory) SSLSocketFactory.getDefault());
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        var plain = new Socket();
        try {
            plain.connect(new InetSocketAddress(host, port), MILLISECONDS);
            plain.setSoTimeout(MILLISECONDS);
            demandTls(plain);
            var encrypted = (SSLSocket) tls.createSocket(plain, host, port, true);
            var parameters = encrypted.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("LDAPS");
            encrypted.setSSLParameters(parameters);
            encrypted.startHandshake();
            encrypted.setSoTimeout(0); // from here on JNDI counts the time
            return encrypted;
        } catch (IOException e) {
            plain.close();
            throw e;
        }
    }

    private static void demandTls(Socket plain) throws IOException {
        var name = OBJECT.getBytes(StandardCharsets.US_ASCII);
        var request = new byte[9 + name.length];
        byte[] head = {
            SEQUENCE,
            (byte) (7 + name.length), //
            INTEGER,
            1,
            1, // the number of the message
            EXTENDED_REQUEST,
            (byte) (2 + name.length), //
            (byte) REQUEST_NAME,
            (byte) name.length
        };
        System.arraycopy(head, 0, request, 0, head.length);
        System.arraycopy(name, 0, request, head.length, name.length);
        plain.getOutputStream().write(request);
        // Not a byte more than the response is read: what follows is TLS.
        var in = new DataInputStream(plain.getInputStream());
        require(in, SEQUENCE);
        var response = new byte[length(in)];
        in.readFully(response);
        int result = result(response);
        if (result != 0) {
            throw new IOException("the server refuses to encrypt: LDAP result " + result);
        }
    }

    private static int result(byte[] response) throws IOException {
        try (var in = new DataInputStream(new java.io.ByteArrayInputStream(response))) {
            require(in, INTEGER);
            in.skipNBytes(length(in));
            require(in, EXTENDED_RESPONSE);
            length(in);
            require(in, ENUMERATED);
            if (length(in) != 1) {
                throw notLdap();
            }
            return in.readUnsignedByte();
        }
    }

    private static void require(DataInputStream in, int tag) throws IOException {
        if (in.readUnsignedByte() != tag) {
            throw notLdap();
        }
    }

    /// A length: one byte, or how many bytes it has, and those (X.690 section 8.1.3).
    private static int length(DataInputStream in) throws IOException {
        int first = in.readUnsignedByte();
        if (first < 0x80) {
            return first;
        }
        int length = 0;
        for (int i = 0; i < (first & 0x7f); i++) {
            length = length << 8 | in.readUnsignedByte();
            if (length > LONGEST_RESPONSE) {
                throw notLdap();
            }
        }
        return length;
    }

    private static IOException notLdap() {
        return new IOException("the server does not answer StartTLS as LDAP has it");
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        throw unnamed();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort)
            throws IOException {
        throw unnamed();
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
            throws IOException {
        throw unnamed();
    }

    /// Nobody asks for these; without a name there is nothing to check a certificate against.
    private static IOException unnamed() {
        return new IOException("only a host and a port are called");
    }
}
