package org.postern.supervisor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postern.config.Config;
import org.postern.config.Host;
import org.postern.config.Sources;
import org.postern.ipc.Room;

/// The heap of a room follows its tables.
class TableMemoryTest {
    @ParameterizedTest
    @CsvSource({"0, 0", "1000, 0", "2000000, 0", "3000000, 16", "40000000, 128", "90000000, 512"})
    void theHeapGrowsInLargeSteps(long bytes, int megabytes) {
        assertEquals(megabytes, TableMemory.megabytes(bytes));
    }

    @Test
    void aRoomHasMemoryForTheTablesThatItReads(@TempDir Path dir) throws Exception {
        var users = dir.resolve("users");
        try (var file = new RandomAccessFile(users.toFile(), "rw")) {
            file.setLength(40_000_000);
        }
        var text = "table u file:" + users + "\naction a maildir userbase <u>\nmatch action a\n";
        var host = new Host("mx.example.org", List.of());
        var config = Config.parse(Sources.of("c", text, host));
        assertEquals(128, TableMemory.of(Room.FRONT, config));
        assertEquals(128, TableMemory.of(Room.DELIVERY, config));
        assertEquals(0, TableMemory.of(Room.KEEPER, config));
        assertEquals(0, TableMemory.of(Room.QUEUE, config));
    }
}
