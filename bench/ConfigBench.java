import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.postern.config.Config;
import org.postern.config.ConfigException;
import org.postern.config.Host;
import org.postern.config.Sources;

/// How long a configuration of many rules takes to be read and checked: as somebody sees it who runs
/// `smtpd -n`, beside a configuration of one rule; and in a process that has done it often, as a reload
/// does.
///
///     java -cp target/classes bench/ConfigBench.java DIRECTORY bin/smtpd [RULES]
public final class ConfigBench {
    private static final int WARM = 200;
    private static final int RUNS = 15;

    private final Path directory;
    private final String smtpd;
    private final int rules;

    private ConfigBench(Path directory, String smtpd, int rules) {
        this.directory = directory;
        this.smtpd = smtpd;
        this.rules = rules;
    }

    public static void main(String[] words) throws Exception {
        int rules = words.length > 2 ? Integer.parseInt(words[2]) : 1000;
        var bench = new ConfigBench(Path.of(words[0]), words[1], rules);
        bench.measure("rules that name two actions", simple(1), simple(rules));
        bench.measure("rules, each with a table and an action", own(1), own(rules));
    }

    private void measure(String what, String one, String many) throws Exception {
        var oneFile = Files.writeString(directory.resolve("one.conf"), one);
        var manyFile = Files.writeString(directory.resolve("many.conf"), many);
        var ones = new long[RUNS];
        var manys = new long[RUNS];
        for (int i = 0; i < RUNS; i++) { // In turn, so that both meet the same disturbances.
            ones[i] = dryRun(oneFile);
            manys[i] = dryRun(manyFile);
        }
        System.out.printf(
                Locale.ROOT,
                "%d %s: smtpd -n takes %.0f ms, of one rule %.0f ms, so they cost %.0f ms; again in"
                        + " the same process %.1f ms%n",
                rules,
                what,
                median(manys),
                median(ones),
                median(manys) - median(ones),
                again(many));
    }

    private long dryRun(Path file) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        var process =
                new ProcessBuilder(smtpd, "-n", "-f", file.toString())
                        .redirectErrorStream(true)
                        .start();
        var said = new String(process.getInputStream().readAllBytes());
        if (process.waitFor() != 0) {
            throw new IllegalStateException(said);
        }
        return System.nanoTime() - begin;
    }

    /// Milliseconds.
    private static double again(String text) throws ConfigException {
        var host = new Host("mx.example.org", List.of("127.0.0.1", "[::1]"));
        var sources = Sources.of("smtpd.conf", text, host);
        var times = new long[WARM + 21];
        for (int i = 0; i < times.length; i++) {
            long begin = System.nanoTime();
            if (Config.parse(sources).matches().isEmpty()) {
                throw new IllegalStateException("no matches");
            }
            times[i] = System.nanoTime() - begin;
        }
        return median(Arrays.copyOfRange(times, WARM, times.length));
    }

    /// Milliseconds.
    private static double median(long[] times) {
        var sorted = times.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2] / 1e6;
    }

    private static String simple(int rules) {
        return "action \"home\" maildir\naction \"out\" relay\n"
                + String.join(
                        "",
                        IntStream.range(0, rules)
                                .mapToObj(
                                        i ->
                                                "match from any for domain \"customer%d.example\" action \"%s\"\n"
                                                        .formatted(i, i % 2 == 0 ? "home" : "out"))
                                .toList())
                + "match for any action \"out\"\n";
    }

    /// A table, an action and a match for each customer, and few of them alike.
    private static String own(int rules) {
        var text = new StringBuilder();
        for (int i = 0; i < rules; i++) {
            text.append(
                    """
                    table domains%1$d { "customer%1$d.example", "www.customer%1$d.example" }
                    action "home%1$d" maildir "/mail/customer%1$d/%%{dest.user}" virtual { "@" = "vmail" } user vmail
                    match from any for domain <domains%1$d> mail-from regex "^.*@a%1$d" action "home%1$d"
                    """
                            .formatted(i));
        }
        return text.toString();
    }
}
