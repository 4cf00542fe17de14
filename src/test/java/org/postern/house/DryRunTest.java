package org.postern.house;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `smtpd -n` says of a configuration.
class DryRunTest {
    private static final Pattern HEADLINE = Pattern.compile("^[0-9]+$|^\\S+:[0-9]+:[0-9]+: ");

    @TempDir private Path directory;

    private void file(String name, String text) throws Exception {
        Files.writeString(directory.resolve(name), text.replace("DIR", directory + "/"));
    }

    /// The exit status, and what was said without the name of the directory.
    private String dryRun(String... options) throws Exception {
        var words = new ArrayList<>(List.of("-n"));
        words.addAll(List.of(options));
        words.addAll(List.of("-f", directory.resolve("smtpd.conf").toString()));
        var process =
                new ProcessBuilder(Installation.command("smtpd", words.toArray(String[]::new)))
                        .redirectErrorStream(true)
                        .start();
        process.getOutputStream().close();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        assertEquals(true, process.waitFor(30, TimeUnit.SECONDS));
        return process.exitValue() + "\n" + said.replace(directory + "/", "");
    }

    private static String headlines(String said) {
        return said.lines()
                .filter(line -> HEADLINE.matcher(line).find())
                .map(line -> line + "\n")
                .collect(Collectors.joining());
    }

    @Test
    void mistakesOfEveryKindAreFoundInOneRun() throws Exception {
        file(
                "smtpd.conf",
                """
                include "DIRmore.conf"
                listen on 127.0.0.1 inet6
                pki mx.example.org cert "DIRnone.crt" key "DIRnone.key"
                table domains file:DIRdomains
                table people { ann = "4321:x:/home/ann" }
                table rows sqlyte:DIRrows.conf
                action "home" maildir userbase <people> alias file
                match from any for domain <domains> action "home"
                match from any for any action "nowhere"
                """);
        file("more.conf", "smtp max-message-size 35X\naction \"spare\" maildir\n");
        file("domains", "example.org\n[example.com\n");
        assertEquals(
                """
                1
                more.conf:2:8: warning: no match uses action "spare"
                smtpd.conf:7:47: expected a mapping, found a list
                smtpd.conf:9:31: no action "nowhere" is declared before this line
                more.conf:1:23: expected a size such as 35M, found "35X"
                smtpd.conf:6:7: no program table-sqlyte is installed
                domains:2:1: a '[' without ']'
                smtpd.conf:5:16: user "ann": expected uid:gid:/directory
                smtpd.conf:3:5: there is no file none.crt
                smtpd.conf:3:5: there is no file none.key
                smtpd.conf:2:1: "127.0.0.1" has no address of the family that is asked for
                """,
                headlines(dryRun()));
    }

    @Test
    void aMistakeInTheTextHidesNoneInATable() throws Exception {
        file(
                "smtpd.conf",
                """
                table names file:DIRnames
                action "home" maildir alias <names>
                match from any for local action "hoem"
                """);
        file("names", "ann: bob\nbob\n");
        assertEquals(
                """
                1
                smtpd.conf:2:8: warning: no match uses action "home"
                action "home" maildir alias <names>
                       ^~~~~~
                smtpd.conf:3:33: no action "hoem" is declared before this line; did you mean "home"?
                match from any for local action "hoem"
                                                ^~~~~~
                names:2:1: a key without a value
                bob
                ^~~
                    table "names" is declared at smtpd.conf:1:7
                """,
                dryRun());
    }

    @Test
    void aSoundConfigurationIsSaidToBe() throws Exception {
        file("smtpd.conf", "match from any for any reject\n");
        assertEquals("0\nconfiguration OK\n", dryRun());
    }
}
