package org.postern.house;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// Another program that has a SQLite database open and writes to it, one statement after the other.
final class Sqlite implements AutoCloseable {
    // Without a word of its own about transactions, the module begins and ends none.
    private static final String PROGRAM =
            """
            import sqlite3, sys
            base = sqlite3.connect(sys.argv[1], isolation_level=None)
            for line in sys.stdin:
                try:
                    base.executescript(line) if line.count(';') > 1 else base.execute(line)
                    print('done', flush=True)
                except Exception as e:
                    print(repr(e), flush=True)
            base.close()
            """;

    private final Process process;
    private final BufferedReader answers;

    private Sqlite(Process process) {
        this.process = process;
        this.answers =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /// Opens a database, which comes into being if there is none.
    static Sqlite open(Path file) throws IOException {
        return new Sqlite(
                new ProcessBuilder("python3", "-c", PROGRAM, file.toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start());
    }

    /// Makes a database by statements.
    static void make(Path file, String statements) throws Exception {
        try (var database = open(file)) {
            database.execute(statements.replace('\n', ' '));
        }
    }

    /// Executes what stands on one line.
    void execute(String statement) throws IOException {
        process.getOutputStream().write((statement + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
        assertEquals("done", answers.readLine(), statement);
    }

    @Override
    public void close() throws Exception {
        process.getOutputStream().close();
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
    }
}
