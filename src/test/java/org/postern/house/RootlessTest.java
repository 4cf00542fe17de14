package org.postern.house;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A server that somebody starts who is not root.
class RootlessTest {
    private static final String CONFIG =
            """
            listen on 127.0.0.1 port @PORT@
            table people { me = "4322:4322:@ROOT@" }
            action "home" maildir "@ROOT@/Maildir" userbase <people>
            match from any for domain "example.org" action "home"
            """;

    @Test
    void itsRoomsAreTheCallersOwnUserAndFencedAllTheSame() throws Exception {
        SystemUsers.needsRoot();
        var plot = House.plot(CONFIG);
        give(plot.root());
        var by =
                List.of(
                        "setpriv",
                        "--reuid=4322",
                        "--regid=4322",
                        "--clear-groups",
                        "--inh-caps=-all");
        try (var house = plot.start(by);
                var client = house.client().greeted()) {
            client.send("ann@example.net", "me@example.org", "Subject: hello\n\nHi.");
            house.awaitMail("Maildir", 1);
            for (var room : List.of("front", "queue", "delivery")) {
                var status = Files.readString(Path.of("/proc/" + pid(house, room) + "/status"));
                assertTrue(status.contains("Uid:\t4322\t4322\t4322\t4322\n"), status);
                assertTrue(status.contains("NoNewPrivs:\t1\n"), status);
                assertTrue(status.contains("CapEff:\t0000000000000000\n"), status);
            }
        }
    }

    /// Only the owner may give orders, so the children are asked from the outside.
    private static long pid(House house, String room) {
        return ProcessHandle.of(house.supervisorPid())
                .orElseThrow()
                .descendants()
                .filter(child -> runs(child, room))
                .findFirst()
                .orElseThrow()
                .pid();
    }

    private static boolean runs(ProcessHandle child, String room) {
        try {
            return Files.readString(Path.of("/proc/" + child.pid() + "/cmdline"))
                    .startsWith("smtpd: " + room);
        } catch (java.io.IOException e) {
            return false;
        }
    }

    private static void give(Path root) throws Exception {
        try (var files = Files.walk(root)) {
            for (var file : files.toList()) {
                Files.setAttribute(file, "unix:uid", 4322);
                Files.setAttribute(file, "unix:gid", 4322);
            }
        }
    }
}
