package org.postern.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postern.os.OpenFile;

/// Who asks for a sync gets one that began after the question, and is told if it failed.
class SyncsTest {
    @TempDir private Path directory;

    @Test
    void aFailureIsTold() throws Exception {
        try (var place = OpenFile.read(directory)) {
            Syncs.Wish failing =
                    () -> {
                        throw new IOException("Input/output error");
                    };
            var e =
                    assertThrows(
                            IOException.class, () -> new Syncs().sync(place, List.of(failing)));
            assertEquals("Input/output error", e.getMessage());
        }
    }

    @Test
    void manyAreSyncedTogether() throws Exception {
        try (var place = OpenFile.read(directory)) {
            var alone = new AtomicInteger();
            new Syncs().sync(place, Collections.nCopies(10, alone::incrementAndGet));
            assertEquals(0, alone.get());
        }
    }

    @Test
    void everyThreadIsServed() throws Exception {
        try (var place = OpenFile.read(directory)) {
            var syncs = new Syncs();
            var served = new AtomicInteger();
            var threads = new ArrayList<Thread>();
            for (int i = 0; i < 20; i++) {
                threads.add(
                        Thread.ofPlatform()
                                .start(
                                        () -> {
                                            try {
                                                for (int j = 0; j < 10; j++) {
                                                    syncs.sync(place, List.of(place::sync));
                                                }
                                                served.incrementAndGet();
                                            } catch (IOException e) {
                                                throw new IllegalStateException(e);
                                            }
                                        }));
            }
            for (var thread : threads) {
                thread.join(60_000);
            }
            assertEquals(20, served.get());
        }
    }
}
