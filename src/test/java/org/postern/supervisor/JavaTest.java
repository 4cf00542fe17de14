package org.postern.supervisor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postern.ipc.Room;

/// What rooms are run with.
class JavaTest {
    @TempDir Path directory;

    private String modules() {
        return directory.resolve("postern.jar") + ":" + directory.resolve("lib");
    }

    private Java java() {
        return new Java(directory, modules(), Java.Sharing.with(modules()));
    }

    private Path archive() throws IOException {
        Files.createFile(directory.resolve("postern.jar"));
        return Files.createFile(directory.resolve("postern.jsa"));
    }

    @Test
    void theArchiveBesideTheJarIsSharedByAllRooms() throws IOException {
        var archive = archive();
        for (var room : Room.values()) {
            assertTrue(
                    java().commandLine(room, 0).contains("-XX:SharedArchiveFile=" + archive),
                    room.word());
        }
    }

    @Test
    void aRoomMayReadTheArchive() throws IOException {
        var archive = archive();
        assertTrue(java().reads().contains(archive));
    }

    @Test
    void withoutAnArchiveNothingIsShared() {
        assertEquals(new Java.Sharing.Not(), java().sharing());
    }

    @Test
    void classesThatLieInADirectoryHaveNoArchive() throws IOException {
        Files.createFile(directory.resolve("postern.jsa"));
        Files.createDirectory(directory.resolve("postern.jar"));
        assertEquals(new Java.Sharing.Not(), java().sharing());
    }

    @Test
    void aRoomWritesNothingForJava() throws IOException {
        archive();
        assertEquals(Set.of(), java().writes());
    }

    @Test
    void theHeapGrowsWithTheTables() {
        assertTrue(java().commandLine(Room.FRONT, 0).contains("-Xmx384m"));
        assertTrue(java().commandLine(Room.FRONT, 64).contains("-Xmx448m"));
    }

    @Test
    void theMachineWritesNothingIntoTheLeash() {
        var words = java().commandLine(Room.FRONT, 64);
        assertTrue(words.contains("-Xlog:disable"));
        assertTrue(words.contains("-XX:+DisplayVMOutputToStderr"));
        assertFalse(words.stream().anyMatch(word -> word.endsWith(":stdout")));
    }
}
