package org.postern.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// When a file that has changed is read again.
class WatchedTest {
    private Path file;
    private Instant now = Instant.EPOCH;
    private final List<String> complaints = new ArrayList<>();
    private int reads;

    @BeforeEach
    void nameAFile(@TempDir Path dir) {
        file = dir.resolve("file");
    }

    /// Moves the clock to a time after the last change of the file.
    private void later(Duration time) throws IOException {
        if (Files.getAttribute(file, "unix:ctime") instanceof FileTime changed) {
            now = changed.toInstant().plus(time);
        }
    }

    private Answer<String> read() throws IOException {
        reads++;
        var text = Files.readString(file);
        return text.startsWith("bad")
                ? new Answer.Failed<>(file + ": bad")
                : new Answer.Found<>(text);
    }

    private Watched<String> watch(String text, Duration age) throws IOException {
        Files.writeString(file, text);
        later(age);
        var stamp = Stamp.of(file);
        var watcher = new Watched.Watcher(() -> now, complaints::add);
        return new Watched<>(file, _ -> read(), watcher, stamp, text);
    }

    private void replace(String text) throws IOException {
        var fresh = Files.writeString(file.resolveSibling("fresh"), text);
        Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING);
    }

    private void seconds(double seconds) {
        now = now.plusMillis((long) (1000 * seconds));
    }

    @Test
    void aFileThatKeepsStillIsReadOnce() throws Exception {
        var watched = watch("one", Duration.ofMinutes(1));
        for (int i = 0; i < 5; i++) {
            seconds(2);
            assertEquals("one", watched.newest());
        }
        assertEquals(0, reads);
    }

    @Test
    void aFileThatWasRenamedOverItIsReadAtOnce() throws Exception {
        var watched = watch("one", Duration.ofMinutes(-1));
        replace("two");
        later(Duration.ofMillis(1));
        assertEquals("two", watched.newest());
        seconds(2);
        assertEquals("two", watched.newest());
        assertEquals(1, reads);
    }

    @Test
    void aFileThatIsBeingWrittenIsLeftAloneUntilItKeepsStill() throws Exception {
        var watched = watch("one", Duration.ofMinutes(-1));
        Files.writeString(file, "tw");
        later(Duration.ofMillis(1));
        assertEquals("one", watched.newest());
        Files.writeString(file, "two");
        later(Duration.ofMillis(1500));
        assertEquals("two", watched.newest());
        assertEquals(List.of(), complaints);
    }

    @Test
    void aFileReadRightAfterAChangeIsReadOnceMore() throws Exception {
        var watched = watch("one", Duration.ofMillis(10));
        seconds(2);
        assertEquals("one", watched.newest());
        assertEquals(1, reads);
        seconds(2);
        assertEquals("one", watched.newest());
        assertEquals(1, reads);
    }

    @Test
    void eachBadStateIsComplainedOfOnce() throws Exception {
        var watched = watch("one", Duration.ofMinutes(1));
        replace("bad");
        for (int i = 0; i < 4; i++) {
            seconds(5);
            assertEquals("one", watched.newest());
        }
        assertEquals(1, complaints.size());
        replace("bad, too");
        for (int i = 0; i < 4; i++) {
            seconds(5);
            assertEquals("one", watched.newest());
        }
        assertEquals(2, complaints.size());
        replace("three");
        seconds(5);
        assertEquals("three", watched.newest());
    }

    @Test
    void aFileThatChangesWhileItIsReadDoesNotCount() throws Exception {
        Files.writeString(file, "one");
        later(Duration.ofMinutes(1));
        var watcher = new Watched.Watcher(() -> now, complaints::add);
        var watched =
                new Watched<>(
                        file,
                        _ -> {
                            var answer = read();
                            if (reads == 1) {
                                Files.writeString(file, "three");
                            }
                            return answer;
                        },
                        watcher,
                        Stamp.of(file),
                        "one");
        replace("two");
        seconds(2);
        assertEquals("one", watched.newest());
        now = Instant.EPOCH;
        assertInstanceOf(Answer.Found.class, watched.reload());
        assertEquals("three", watched.newest());
        assertEquals(List.of(), complaints);
    }

    @Test
    void aReloadReadsEvenWhatHasNotChanged() throws Exception {
        var watched = watch("one", Duration.ofMinutes(1));
        assertEquals(new Answer.Found<>("one"), watched.reload());
        assertEquals(1, reads);
    }
}
