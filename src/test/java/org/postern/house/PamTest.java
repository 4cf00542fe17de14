package org.postern.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Accounts are judged by PAM where it has a service `smtpd`; a private server has its own.
class PamTest {
    private static final String SERVICE =
            """
            auth required pam_unix.so nodelay
            account required pam_unix.so
            """;

    private static final String CONFIG =
            """
            pki ours cert "@ROOT@/keys/cert.pem"
            pki ours key "@ROOT@/keys/key.pem"
            listen on 127.0.0.1 port @PORT@ tls pki ours auth
            match from auth for any reject
            """;

    private static House house;

    @BeforeAll
    static void aServer() throws Exception {
        SystemUsers.exist();
        var plot = House.plot(CONFIG);
        Pki.make(plot.root().resolve("keys"));
        var services = Files.createDirectories(plot.root().resolve("etc/pam.d"));
        Files.writeString(services.resolve("smtpd"), SERVICE);
        house = plot.start();
    }

    @AfterAll
    static void itsEnd() throws Exception {
        if (house != null) {
            house.close();
        }
    }

    /// That the process runs shows that it was asked: it is started by the first question.
    @Test
    void aProcessThatCanDoLittleElseAsksPam() throws Exception {
        assertEquals("535", login("Sesame|2"), house.log());
        assertEquals("235", login(SystemUsers.PASSWORD), house.log());
        var status = house.smtpctl("show", "status");
        var matcher = Pattern.compile("accounts running pid=(\\d+)").matcher(status);
        assertTrue(matcher.find(), status);
        var facts = Files.readString(Path.of("/proc/" + matcher.group(1) + "/status"));
        assertTrue(facts.contains("NoNewPrivs:\t1"), facts);
        assertTrue(facts.contains("CapEff:\t0000000020000000"), facts);
    }

    private static String login(String password) throws Exception {
        return LoginsTest.swaks(house.port(), "PLAIN", SystemUsers.ACCOUNT, password);
    }
}
