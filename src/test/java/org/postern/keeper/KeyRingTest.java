package org.postern.keeper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postern.config.Config;
import org.postern.config.Host;
import org.postern.config.Sources;
import org.postern.ipc.Keeping;
import org.postern.keeper.TestKeys.Kind;
import org.postern.mail.Chunk;

/// Certificates and keys that are renewed while the room has them.
class KeyRingTest {
    @TempDir Path folder;
    private TestKeys.Pair first;
    private TestKeys.Pair second;
    private KeyRing ring;

    @BeforeEach
    void makeKeys() throws Exception {
        first = TestKeys.make(Kind.EC);
        second = TestKeys.make(Kind.EC);
        write("cert", "CERTIFICATE", first.certificate().getEncoded());
        write("key", "PRIVATE KEY", first.key().getEncoded());
        write("ca", "CERTIFICATE", first.certificate().getEncoded());
        var text =
                """
                pki "mx" cert "%1$s/cert" key "%1$s/key"
                ca house cert "%1$s/ca"
                match for any reject
                """
                        .formatted(folder);
        ring =
                KeyRing.read(
                        Config.parse(Sources.of("c", text, new Host("mx.example.org", List.of()))));
    }

    /// As tools do it: a new file takes the place of the old one.
    private void write(String name, String label, byte[] bytes) throws Exception {
        var fresh = TestKeys.write(folder.resolve(name + ".new"), TestKeys.pem(label, bytes));
        Files.move(
                fresh,
                folder.resolve(name),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING,
                java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    }

    private Keeping.Answer shown(KeyRing by) {
        return by.answer(new Keeping.Certificates("mx"));
    }

    private static Keeping.Answer chain(TestKeys.Pair pair) throws Exception {
        return new Keeping.Answer.Chain(List.of(Chunk.handOver(pair.certificate().getEncoded())));
    }

    @Test
    void whatHasNotChangedIsNotReadAgain() {
        var renewal = ring.renewed();
        assertEquals(List.of(), renewal.changed());
        assertEquals(List.of(), renewal.faults());
    }

    @Test
    void aCertificateAloneIsNotShownBeforeItsKeyHasCome() throws Exception {
        write("cert", "CERTIFICATE", second.certificate().getEncoded());
        var half = ring.renewed();
        assertEquals(List.of(), half.changed());
        assertTrue(half.faults().getFirst().contains("not the key of the certificate"));
        assertEquals(chain(first), shown(half.ring()));
        write("key", "PRIVATE KEY", second.key().getEncoded());
        var whole = half.ring().renewed();
        assertEquals(List.of("pki mx"), whole.changed());
        assertEquals(chain(second), shown(whole.ring()));
        assertEquals(List.of(), whole.ring().renewed().changed());
    }

    @Test
    void aFileThatIsGoneLeavesWhatItHeld() throws Exception {
        Files.delete(folder.resolve("key"));
        var renewal = ring.renewed();
        assertEquals(1, renewal.faults().size());
        assertEquals(chain(first), shown(renewal.ring()));
    }

    @Test
    void aFileThatIsOnlyTouchedIsTheSame() throws Exception {
        Files.setLastModifiedTime(folder.resolve("cert"), FileTime.fromMillis(1_000_000));
        assertEquals(chain(first), shown(ring.renewed().ring()));
    }

    @Test
    void authoritiesAreRenewedToo() throws Exception {
        write("ca", "CERTIFICATE", second.certificate().getEncoded());
        var renewal = ring.renewed();
        assertEquals(List.of("ca house"), renewal.changed());
        assertEquals(chain(second), renewal.ring().answer(new Keeping.Authorities("house")));
    }
}
