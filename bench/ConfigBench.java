import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.postern.config.Config;
import org.postern.config.Host;
import org.postern.config.Sources;

/// How long a configuration of many rules takes to be parsed and checked: the first time, in a JVM that
/// has done nothing else, and when it has been done often.
///
///     java -cp target/classes bench/ConfigBench.java [RULES]
public final class ConfigBench {
    private static final int WARM = 200;

    public static void main(String[] words) throws Exception {
        int rules = words.length > 0 ? Integer.parseInt(words[0]) : 1000;
        var host = new Host("mx.example.org", List.of("127.0.0.1", "[::1]"));
        var sources = Sources.of("smtpd.conf", text(rules), host);
        long cold = nanoseconds(sources);
        for (int i = 0; i < WARM; i++) {
            nanoseconds(sources);
        }
        var times = IntStream.range(0, 21).mapToLong(_ -> nanoseconds(sources)).sorted().toArray();
        System.out.printf(
                Locale.ROOT,
                "%d rules: %.1f ms cold, %.2f ms warm%n",
                rules,
                cold / 1e6,
                times[times.length / 2] / 1e6);
    }

    /// A table, an action and a match for each customer, and few of them alike.
    private static String text(int rules) {
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

    private static long nanoseconds(Sources sources) {
        long begin = System.nanoTime();
        try {
            if (Config.parse(sources).matches().isEmpty()) {
                throw new IllegalStateException("no matches");
            }
        } catch (org.postern.config.ConfigException e) {
            throw new IllegalStateException(e);
        }
        return System.nanoTime() - begin;
    }
}
