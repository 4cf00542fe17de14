package org.postern.queue.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postern.log.Log;
import org.postern.mail.Chunk;
import org.postern.mail.EnvelopeId;
import org.postern.queue.Mail;

/// A process under load is killed: what it had acknowledged is there.
@Timeout(120)
class KillTest {
    private static final SegmentStore.Options SMALL =
            new SegmentStore.Options(1 << 20, 1 << 20, 100_000);
    private static final int SUBMITTERS = 16;

    @TempDir Path spool;

    /// The process that is killed: commits as fast as it can, and says each id that is
    /// acknowledged. Each submitter's third message is done at once.
    public static final class Victim {
        private Victim() {}

        /// Runs until it is killed.
        public static void main(String[] words) throws Exception {
            var store = SegmentStore.open(new SpoolDisk(Path.of(words[0])), SMALL, Log.silent());
            for (int i = 0; i < SUBMITTERS; i++) {
                int seed = i;
                Thread.ofPlatform().start(() -> submit(store, seed));
            }
        }

        private static void submit(Store store, int seed) {
            for (int i = 0; ; i++) {
                var id = store.reserve();
                int length = i % 50 == 7 ? 300_000 : 3000;
                try (var draft = store.draft(id, Mail.from("ann@example.net"), Instant.now())) {
                    draft.add(Mail.home("bob@example.org"));
                    draft.append(Mail.content(id.value(), length));
                    if (draft.commit(length) instanceof Store.Answer.Committed(var ids)) {
                        if ((i + seed) % 3 == 0) {
                            store.change(java.util.List.of(new Store.Change.Done(ids.getFirst())));
                        } else {
                            System.out.println(ids.getFirst() + " " + length);
                        }
                    }
                }
            }
        }
    }

    @RepeatedTest(3)
    void whatWasAcknowledgedBeforeTheKillIsThere() throws Exception {
        var process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx128m",
                                "-cp",
                                where(Victim.class)
                                        + File.pathSeparator
                                        + where(SegmentStore.class),
                                Victim.class.getName(),
                                spool.toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        var lines = new HashSet<String>();
        try (var out = process.inputReader()) {
            for (int i = 0; i < 500; i++) {
                add(String.valueOf(out.readLine()), lines);
            }
            process.toHandle().destroyForcibly(); // leaves what it has said to be read
            for (var line = out.readLine(); line != null; line = out.readLine()) {
                add(line, lines);
            }
        }
        assertTrue(process.waitFor(30, TimeUnit.SECONDS));
        assertTrue(lines.size() >= 500);
        try (var store = SegmentStore.open(new SpoolDisk(spool), SMALL, Log.silent())) {
            for (var line : lines) {
                var words = line.split(" ", -1);
                check(store, EnvelopeId.parse(words[0]).orElseThrow(), words[1]);
            }
        }
    }

    private static String where(Class<?> type) throws URISyntaxException {
        var source = type.getProtectionDomain().getCodeSource().getLocation();
        return Path.of(source.toURI()).toString();
    }

    /// Only whole lines: the last may be cut by the kill.
    private static void add(String line, HashSet<String> lines) {
        if (line.matches("[0-9a-f]{16} (3000|300000)")) {
            lines.add(line);
        }
    }

    private static void check(Store store, EnvelopeId id, String length) throws IOException {
        assertTrue(store.look(id).isPresent(), id + " is lost");
        var bytes = new java.io.ByteArrayOutputStream();
        try (var content = store.content(id.message()).orElseThrow()) {
            for (var next = content.next(65_536); !next.isEmpty(); next = content.next(65_536)) {
                next.writeTo(bytes);
            }
        }
        assertEquals(
                Mail.content(id.message().value(), Integer.parseInt(length)),
                Chunk.handOver(bytes.toByteArray()));
    }
}
