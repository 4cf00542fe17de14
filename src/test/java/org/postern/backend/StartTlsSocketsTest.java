package org.postern.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.util.HexFormat;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// StartTLS with servers that do not do as they should. Those that do are in the tests of the
/// house.
class StartTlsSocketsTest {
    private static final byte[] DEMAND =
            HexFormat.of()
                    .parseHex("301d02010177188016312e332e362e312e342e312e313436362e3230303337");

    private ServerSocket server;

    @BeforeEach
    void aServer() throws IOException {
        server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        server.setSoTimeout(20_000);
    }

    @AfterEach
    void itsEnd() throws IOException {
        server.close();
    }

    /// Answers a demand with this and gives all that the client says.
    private FutureTask<byte[]> answering(String hex) {
        var task =
                new FutureTask<>(
                        () -> {
                            try (var socket = server.accept()) {
                                socket.setSoTimeout(20_000);
                                var demand = socket.getInputStream().readNBytes(DEMAND.length);
                                socket.getOutputStream().write(HexFormat.of().parseHex(hex));
                                socket.shutdownOutput();
                                assertArrayEquals(DEMAND, demand);
                                return rest(socket.getInputStream());
                            }
                        });
        Thread.ofVirtual().start(task);
        return task;
    }

    /// What else is said, until the client hangs up, which may be in the midst of our words.
    private static byte[] rest(InputStream in) throws IOException {
        var heard = new ByteArrayOutputStream();
        try {
            in.transferTo(heard);
        } catch (SocketException e) {
            // It hung up.
        }
        return heard.toByteArray();
    }

    private IOException failure() {
        var sockets = new StartTlsSockets((SSLSocketFactory) SSLSocketFactory.getDefault());
        return assertThrows(
                IOException.class,
                () -> sockets.createSocket("localhost", server.getLocalPort()).close());
    }

    @ParameterizedTest
    @CsvSource({
        "300c02010178070a010204000400,  the server refuses to encrypt: LDAP result 2",
        "30840000000c02010178070a013404000400, the server refuses to encrypt: LDAP result 52",
        "300c02010165070a010004000400,  the server does not answer StartTLS as LDAP has it",
        "300c02010178070b010004000400,  the server does not answer StartTLS as LDAP has it",
        "485454502f312e312034303020,    the server does not answer StartTLS as LDAP has it",
        "30847fffffff,                  the server does not answer StartTLS as LDAP has it",
        "30ffffffff,                    the server does not answer StartTLS as LDAP has it",
    })
    void whoDoesNotEncryptIsToldNothing(String answer, String why) throws Exception {
        var heard = answering(answer);
        assertEquals(why, failure().getMessage());
        assertEquals(0, heard.get(20, TimeUnit.SECONDS).length);
    }

    @ParameterizedTest
    @CsvSource({"''", "30", "300c0201"})
    void whoHangsUpIsToldNothing(String answer) throws Exception {
        var heard = answering(answer);
        failure();
        assertEquals(0, heard.get(20, TimeUnit.SECONDS).length);
    }

    @Test
    void whoPromisesToEncryptAndDoesNotHearsNoMoreThanAGreetingOfTls() throws Exception {
        var heard = answering("300c02010178070a010004000400");
        failure();
        // A handshake or an alert, never an LDAP message.
        var first = heard.get(20, TimeUnit.SECONDS);
        assertEquals(0x16, first[0]);
    }
}
