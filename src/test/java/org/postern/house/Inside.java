package org.postern.house;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/// What a process that runs gets when it asks the kernel: a debugger makes it call its own C
/// library, so the answer is the one that an intruder would get who had taken the process over.
final class Inside {
    private static final Pattern ANSWER =
            Pattern.compile("answer (-?\\d+) errno (\\d+)", Pattern.UNICODE_CASE);

    private final long pid;

    private Inside(long pid) {
        this.pid = pid;
    }

    /// The process with this number.
    static Inside of(long pid) {
        return new Inside(pid);
    }

    /// Opens a file or directory for reading; gives 0 or the error's number.
    int open(Path path) throws Exception {
        return call("(int)open(\"" + path + "\", 0)");
    }

    /// Makes a file in a directory, for writing; gives 0 or the error's number.
    int create(Path path) throws Exception {
        return call("(int)open(\"" + path + "\", 0x41, 0600)");
    }

    /// Makes a stream socket of this address family; gives 0 or the error's number.
    int socket(int family) throws Exception {
        return call("(int)socket(" + family + ", 1, 0)");
    }

    /// Asks whether the process may send a signal to another.
    int kill(long other) throws Exception {
        return call("(int)kill(" + other + ", 0)");
    }

    private int call(String expression) throws Exception {
        var script = Files.createTempFile("postern-inside", ".gdb");
        try {
            Files.writeString(
                    script,
                    """
                    set pagination off
                    set auto-load off
                    set debuginfod enabled off
                    set $answer = %s
                    set $errno = *(int *)__errno_location()
                    if $answer > 2
                      call (int)close($answer)
                    end
                    printf "answer %%d errno %%d\\n", $answer, $errno
                    """
                            .formatted(expression));
            var words = debug(script);
            var answer = ANSWER.matcher(words);
            if (!answer.find()) {
                return fail(expression + " was not answered:\n" + words);
            }
            return answer.group(1).equals("-1") ? Integer.parseInt(answer.group(2)) : 0;
        } finally {
            Files.delete(script);
        }
    }

    private String debug(Path script) throws Exception {
        var command =
                List.of(
                        "gdb",
                        "-q",
                        "-nx",
                        "-batch",
                        "-p",
                        Long.toString(pid),
                        "-x",
                        script.toString());
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        var words =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        assertTrue(process.waitFor(30, TimeUnit.SECONDS), "the debugger ends");
        return words;
    }
}
