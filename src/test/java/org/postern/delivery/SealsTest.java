package org.postern.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.postern.mail.Chunk;
import org.postern.mail.Share.Destination.Kind;

/// Nobody but the delivery room makes a seal, and a seal is good for one user and one kind.
class SealsTest {
    private final Seals seals = new Seals(Village.SECRET);
    private final Chunk seal = seals.seal("alice", Kind.COMMAND, "vacation");

    @Test
    void aSealOpensForItsUser() {
        assertEquals(Optional.of("vacation"), seals.open("alice", Kind.COMMAND, seal));
    }

    @Test
    void aSealSurvivesARestart() {
        assertEquals(
                Optional.of("vacation"),
                new Seals(Village.SECRET).open("alice", Kind.COMMAND, seal));
    }

    @Test
    void aSealDoesNotOpenForAnotherUser() {
        assertEquals(Optional.empty(), seals.open("bob", Kind.COMMAND, seal));
    }

    @Test
    void aCommandIsNotAFile() {
        assertEquals(Optional.empty(), seals.open("alice", Kind.FILE, seal));
    }

    @Test
    void everyByteOfASealMatters() {
        for (int i = 0; i < seal.length(); i++) {
            var forged = seal.toArray();
            forged[i] ^= 1;
            assertEquals(
                    Optional.empty(), seals.open("alice", Kind.COMMAND, Chunk.handOver(forged)));
        }
    }

    @Test
    void aTruncatedSealDoesNotOpen() {
        for (int i = 0; i < seal.length(); i++) {
            assertEquals(Optional.empty(), seals.open("alice", Kind.COMMAND, seal.slice(0, i)));
        }
    }

    @Test
    void anotherSecretMakesAnotherSeal() {
        var other = new Seals(Chunk.of("another secret of as many letters"));
        assertEquals(Optional.empty(), other.open("alice", Kind.COMMAND, seal));
    }

    @Test
    void anEmptySecretIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Seals(Chunk.EMPTY));
    }
}
