package org.postern.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.postern.mail.Chunk;
import org.postern.os.Crypt;
import org.postern.smtp.ScramKeys;

/// `smtpctl encrypt` makes hashes that fit.
class EncryptTest {
    /// One of the two ways to encrypt.
    private interface Way {
        int run(Encrypt encrypt, List<String> words) throws Exception;
    }

    private static List<String> printed(String input, String... words) throws Exception {
        return printed(Encrypt::run, input, words);
    }

    private static List<String> printed(Way way, String input, String... words) throws Exception {
        var out = new ByteArrayOutputStream();
        InputStream in = new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8));
        var terminal = new Terminal("smtpctl", in, out, new PrintStream(out, true));
        assertEquals(Smtpctl.OK, way.run(new Encrypt(terminal), List.of(words)));
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

    @Test
    void keysFitTheirPassword() throws Exception {
        var keys = ScramKeys.parse(printed(Encrypt::scram, "", "secret").getFirst()).orElseThrow();
        assertTrue(keys.isPassword(Chunk.of("secret")));
        assertFalse(keys.isPassword(Chunk.of("Secret")));
        assertNotEquals(keys.text(), printed(Encrypt::scram, "secret\n").getFirst());
    }
}
