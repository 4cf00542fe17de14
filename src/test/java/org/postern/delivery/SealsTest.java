package org.postern.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.postern.mail.Chunk;
import org.postern.mail.Share.Destination.Kind;

/// Nobody but the delivery room makes a seal, and a seal is good for one user and one kind.
class SealsTest {
    private static final Seals.Owner ALICE = new Seals.Owner("in", "alice", 7);

    private final Seals seals = new Seals(Village.SECRET);
    private final Chunk seal = seals.seal(ALICE, Kind.COMMAND, "vacation");

    @Test
    void aSealOpensForItsUser() {
        assertEquals(Optional.of("vacation"), seals.open(ALICE, Kind.COMMAND, seal));
    }

    @Test
    void aSealSurvivesARestart() {
        assertEquals(
                Optional.of("vacation"), new Seals(Village.SECRET).open(ALICE, Kind.COMMAND, seal));
    }

    @Test
    void aSealDoesNotOpenForAnotherUser() {
        assertEquals(
                Optional.empty(), seals.open(new Seals.Owner("in", "bob", 7), Kind.COMMAND, seal));
    }

    @Test
    void aSealDoesNotOpenForAnotherUserOfThatName() {
        var namesake = new Seals.Owner("in", "alice", 8);
        assertEquals(Optional.empty(), seals.open(namesake, Kind.COMMAND, seal));
    }

    @Test
    void aSealDoesNotOpenForAnotherAction() {
        var elsewhere = new Seals.Owner("out", "alice", 7);
        assertEquals(Optional.empty(), seals.open(elsewhere, Kind.COMMAND, seal));
    }

    @Test
    void aSealDoesNotShowWhatIsInIt() {
        assertFalse(seal.text().contains("vacation"));
    }

    @Test
    void equalTextsMakeEqualSeals() {
        assertEquals(seal, seals.seal(ALICE, Kind.COMMAND, "vacation"));
    }

    @Test
    void aCommandIsNotAFile() {
        assertEquals(Optional.empty(), seals.open(ALICE, Kind.FILE, seal));
    }

    @Test
    void everyByteOfASealMatters() {
        for (int i = 0; i < seal.length(); i++) {
            var forged = seal.toArray();
            forged[i] ^= 1;
            assertEquals(Optional.empty(), seals.open(ALICE, Kind.COMMAND, Chunk.handOver(forged)));
        }
    }

    @Test
    void aTruncatedSealDoesNotOpen() {
        for (int i = 0; i < seal.length(); i++) {
            assertEquals(Optional.empty(), seals.open(ALICE, Kind.COMMAND, seal.slice(0, i)));
        }
    }

    @Test
    void anotherSecretMakesAnotherSeal() {
        var other = new Seals(Chunk.of("another secret of as many letters"));
        assertEquals(Optional.empty(), other.open(ALICE, Kind.COMMAND, seal));
    }

    @Test
    void anEmptySecretIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Seals(Chunk.EMPTY));
    }
}
