package org.postern.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.postern.os.Crypt;

/// `smtpctl encrypt` makes hashes that fit.
class EncryptTest {
    private static List<String> printed(String input, String... words) throws Exception {
        var out = new ByteArrayOutputStream();
        InputStream in = new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8));
        var terminal = new Terminal("smtpctl", in, out, new PrintStream(out, true));
        assertEquals(Smtpctl.OK, new Encrypt(terminal).run(List.of(words)));
        terminal.flush();
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @Test
    void aHashFitsItsPassword() throws Exception {
        var hash = printed("", "secret").getFirst();
        var crypt = Crypt.open();
        assertEquals(hash, crypt.hash("secret".getBytes(StandardCharsets.UTF_8), hash).get());
        assertNotEquals(hash, crypt.hash("Secret".getBytes(StandardCharsets.UTF_8), hash).get());
    }

    @Test
    void eachLineHasAHashOfItsOwn() throws Exception {
        var hashes = printed("secret\nsecret\n");
        assertEquals(2, hashes.size());
        assertNotEquals(hashes.get(0), hashes.get(1));
    }
}
