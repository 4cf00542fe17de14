import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import org.postern.config.Config;
import org.postern.config.Host;
import org.postern.config.Service;
import org.postern.config.Sources;
import org.postern.table.Answer;
import org.postern.table.Table;
import org.postern.table.TableCompiler;
import org.postern.table.TableSet;

/// What a large table costs: seconds to load, bytes of heap for each row, microseconds for a lookup.
///
///     java -cp target/classes bench/TableBench.java DIR ROWS
public final class TableBench {
    private static final int LOOKUPS = 500_000;

    private final Path dir;
    private final int rows;

    private TableBench(Path dir, int rows) {
        this.dir = dir;
        this.rows = rows;
    }

    public static void main(String[] words) throws Exception {
        var bench =
                new TableBench(
                        Files.createDirectories(Path.of(words[0])), Integer.parseInt(words[1]));
        System.out.printf(
                "%-30s %9s %9s %11s %11s%n",
                "table of " + words[1] + " rows", "load s", "bytes/row", "hit us", "miss us");
        String alias = "action a mbox alias <t>\nmatch action a\n";
        bench.file(
                "alias",
                alias,
                Service.ALIAS,
                i -> "user" + i + ": account" + i + "@host.example.org",
                i -> "user" + i);
        bench.domains("names", i -> "host" + i + ".example.org", i -> "host" + i + ".example.org");
        bench.domains(
                "*.name", i -> "*.domain" + i + ".example", i -> "mx.domain" + i + ".example");
        bench.domains(
                "mail*.name", i -> "mail*.d" + i + ".example", i -> "mail7.d" + i + ".example");
        bench.file(
                "netaddr, /32",
                "match from src <t> reject\n",
                Service.NETADDR,
                i -> address(i),
                i -> address(i));
        bench.file(
                "netaddr, /28",
                "match from src <t> reject\n",
                Service.NETADDR,
                i -> address(i << 5) + "/28",
                i -> address((i << 5) + 7));
        bench.file(
                "netaddr, IPv6 /64",
                "match from src <t> reject\n",
                Service.NETADDR,
                i -> "[" + inet6(i) + "::/64]",
                i -> "[" + inet6(i) + "::1]");
        bench.file(
                "mailaddr",
                "match mail-from <t> reject\n",
                Service.MAILADDR,
                i -> "user" + i + "@example.org",
                i -> "user" + i + "+tag@example.org");
        bench.database(alias);
    }

    private void domains(String what, IntFunction<String> line, IntFunction<String> key)
            throws Exception {
        file("domain, " + what, "match for domain <t> reject\n", Service.DOMAIN, line, key);
    }

    private static String address(int i) {
        int spread = i + 0x0a000000;
        return (spread >>> 24)
                + "."
                + (spread >> 16 & 255)
                + "."
                + (spread >> 8 & 255)
                + "."
                + (spread & 255);
    }

    private static String inet6(int i) {
        return "2001:db8:"
                + Integer.toHexString(1 + (i >> 16))
                + ":"
                + Integer.toHexString(1 + (i & 0xffff));
    }

    private Path write(String name, IntFunction<String> line) throws Exception {
        var file = dir.resolve(name.replaceAll("[^a-z0-9]+", "-"));
        try (var out = Files.newBufferedWriter(file)) {
            for (int i = 0; i < rows; i++) {
                // Scattered, as real tables are.
                out.write(line.apply((int) ((i * 0x9e3779b1L) % rows)));
                out.write('\n');
            }
        }
        return file;
    }

    private TableSet open(String origin, String use) throws Exception {
        var text = "table t " + origin + "\n" + use;
        return TableSet.open(
                Config.parse(Sources.of("bench", text, new Host("mx.example.org", List.of()))),
                complaint -> System.err.println(complaint));
    }

    private void file(
            String name,
            String use,
            Service service,
            IntFunction<String> line,
            IntFunction<String> key)
            throws Exception {
        var file = write(name, line);
        for (int i = 0; i < 2; i++) {
            open("file:" + file, use); // the machine compiles while it runs
        }
        long before = heap();
        long begin = System.nanoTime();
        var set = open("file:" + file, use);
        double seconds = (System.nanoTime() - begin) / 1e9;
        long after = heap();
        report(name, seconds, (double) (after - before) / rows, set.table("t"), service, key);
        Files.delete(file);
    }

    private void database(String use) throws Exception {
        var file = write("aliases", i -> "user" + i + ": account" + i + "@host.example.org");
        var database = Path.of(file + ".db");
        long begin = System.nanoTime();
        var made = TableCompiler.compile(TableCompiler.Kind.ALIASES, file, database);
        System.out.printf(
                "%-30s %9.3f s for %s%n", "makemap", (System.nanoTime() - begin) / 1e9, made);
        open("db:" + database, use);
        long before = heap();
        begin = System.nanoTime();
        var set = open("db:" + database, use);
        double seconds = (System.nanoTime() - begin) / 1e9;
        long after = heap();
        report(
                "db, alias",
                seconds,
                (double) (after - before) / rows,
                set.table("t"),
                Service.ALIAS,
                i -> "user" + i);
        Files.delete(file);
        Files.delete(database);
    }

    private void report(
            String name,
            double seconds,
            double bytes,
            Table table,
            Service service,
            IntFunction<String> key) {
        var random = new Random(1);
        var hits = new String[LOOKUPS];
        var misses = new String[LOOKUPS];
        for (int i = 0; i < LOOKUPS; i++) {
            hits[i] = key.apply(random.nextInt(rows));
            misses[i] =
                    service == Service.NETADDR ? address(random.nextInt()) : "x" + hits[i] + "x";
        }
        double hit = 0;
        double miss = 0;
        for (int round = 0; round < 3; round++) {
            hit = lookups(table, service, hits);
            miss = lookups(table, service, misses);
        }
        System.out.printf("%-30s %9.3f %9.1f %11.3f %11.3f%n", name, seconds, bytes, hit, miss);
    }

    private static double lookups(Table table, Service service, String[] keys) {
        long found = 0;
        long begin = System.nanoTime();
        for (var key : keys) {
            var answer =
                    service == Service.ALIAS
                            ? table.lookup(service, key)
                            : table.contains(service, key);
            found += answer instanceof Answer.Found<?> ? 1 : 0;
        }
        double each = (System.nanoTime() - begin) / 1e3 / keys.length;
        if (found != 0 && found < keys.length * 0.9 && service != Service.NETADDR) {
            throw new IllegalStateException(found + " found");
        }
        return each;
    }

    private static long heap() throws InterruptedException {
        for (int i = 0; i < 3; i++) {
            System.gc();
            Thread.sleep(20);
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
