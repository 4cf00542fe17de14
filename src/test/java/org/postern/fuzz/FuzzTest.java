package org.postern.fuzz;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.postern.front.filter.FilterReplyFuzz;
import org.postern.front.server.SessionFuzz;

/// Every target of `fuzz/run`, with its seeds as they are and with many changes of them, the same
/// ones each time.
class FuzzTest {
    private static final Path SEEDS = Path.of("fuzz/seeds");

    /// What fuzzers call.
    @FunctionalInterface
    private interface Target {
        void take(byte[] data) throws Exception;
    }

    private static void run(String name, int changes, Target target) throws Exception {
        var seeds = new ArrayList<byte[]>();
        try (var files = Files.list(SEEDS.resolve(name))) {
            for (var file : files.sorted().toList()) {
                seeds.add(Files.readAllBytes(file));
            }
        }
        Assertions.assertFalse(seeds.isEmpty(), "no seeds for " + name);
        for (var seed : seeds) {
            take(name, target, seed);
        }
        var random = new Random(1);
        for (int i = 0; i < changes; i++) {
            take(name, target, changed(seeds, random));
        }
    }

    private static void take(String name, Target target, byte[] data) throws Exception {
        try {
            target.take(data);
        } catch (AssertionError | RuntimeException e) {
            var input = new String(data, java.nio.charset.StandardCharsets.ISO_8859_1);
            throw new AssertionError(name + ": " + org.postern.log.Log.visible(input), e);
        }
    }

    private static byte[] changed(List<byte[]> seeds, Random random) {
        var data = seeds.get(random.nextInt(seeds.size())).clone();
        for (int i = 1 + random.nextInt(4); i > 0 && data.length > 0; i--) {
            int at = random.nextInt(data.length);
            switch (random.nextInt(4)) {
                case 0 -> data[at] = (byte) random.nextInt(256);
                case 1 -> data[at] = (byte) "\r\n. \0<>@:|".charAt(random.nextInt(10));
                case 2 -> data = spliced(data, at, seeds.get(random.nextInt(seeds.size())), random);
                default -> data = java.util.Arrays.copyOf(data, at);
            }
        }
        return data;
    }

    /// `data` up to `at`, and then the end of another.
    private static byte[] spliced(byte[] data, int at, byte[] other, Random random) {
        int from = random.nextInt(other.length + 1);
        var both = java.util.Arrays.copyOf(data, at + other.length - from);
        System.arraycopy(other, from, both, at, other.length - from);
        return both;
    }

    @Test
    void commandLines() throws Exception {
        run("command", 20_000, CommandFuzz::fuzzerTestOneInput);
    }

    @Test
    void contents() throws Exception {
        run("content", 20_000, ContentFuzz::fuzzerTestOneInput);
    }

    @Test
    void filterReplies() throws Exception {
        run("filter-reply", 500, FilterReplyFuzz::fuzzerTestOneInput);
    }

    @Test
    void proxyHeaders() throws Exception {
        run("proxy", 20_000, ProxyFuzz::fuzzerTestOneInput);
    }

    @Test
    void logins() throws Exception {
        run("sasl", 20_000, SaslFuzz::fuzzerTestOneInput);
    }

    @Test
    void sessions() throws Exception {
        try (var sessions = new SessionFuzz()) {
            run("session", 2000, sessions::take);
        }
    }
}
