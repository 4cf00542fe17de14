package org.postern.supervisor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postern.config.Host;
import org.postern.config.Sources;
import org.postern.ipc.Place;
import org.postern.ipc.Room;
import org.postern.os.Identity;
import org.postern.os.Landlock;

/// What the fences let in, by the configuration.
class FencesTest {
    private static final Host HOST = new Host("mx.example.org", List.of());

    @TempDir private Path directory;

    private Fences fences() {
        return new Fences(
                Place.below(directory),
                new Household.Own(new Identity(4242, 4242, List.of())),
                new Java(Path.of("/opt/java"), "", new Java.Sharing.Not()));
    }

    private Checked checked(String table) throws Exception {
        var text =
                """
                pki mx.example.org cert "%1$s/keys/cert" key "%1$s/keys/key"
                table t %2$s
                action "a" maildir alias <t>
                match for any action "a"
                """
                        .formatted(directory, table);
        return Checked.of(Sources.of("smtpd.conf", text, HOST), _ -> {}, Place.ofSystem());
    }

    private Path file(String name, String text) throws Exception {
        Files.createDirectories(directory.resolve(name).getParent());
        return Files.writeString(directory.resolve(name), text);
    }

    private Set<Path> reads(Room room, Checked checked) {
        var fenced = assertInstanceOf(Landlock.Fenced.class, fences().of(room, checked).landlock());
        return assertInstanceOf(Landlock.Files.Only.class, fenced.files()).readable();
    }

    @Test
    void frontReadsWhatAnInlineTableIncludes() throws Exception {
        var list = file("lists/staff", "bob\n");
        var reads = reads(Room.FRONT, checked("{ staff = \":include:" + list + "\" }"));
        assertTrue(reads.contains(list), reads::toString);
        assertFalse(reads.contains(list.getParent()), reads::toString);
    }

    @Test
    void frontReadsWhatATableInAFileIncludes() throws Exception {
        var list = file("lists/staff", "bob\n");
        var table = file("tables/aliases", "staff: :include:" + list + "\n");
        var reads = reads(Room.FRONT, checked("file:" + table));
        assertTrue(reads.containsAll(Set.of(list, table.getParent())), reads::toString);
    }

    @Test
    void theOtherRoomsDoNot() throws Exception {
        var list = file("lists/staff", "bob\n");
        var checked = checked("{ staff = \":include:" + list + "\" }");
        assertFalse(reads(Room.QUEUE, checked).contains(list));
        assertFalse(reads(Room.KEEPER, checked).contains(list));
    }

    @Test
    void aTableCannotIncludeAKey() throws Exception {
        var key = file("keys/key", "secret\n");
        var reads = reads(Room.FRONT, checked("{ staff = \":include:" + key + "\" }"));
        assertFalse(reads.contains(key), reads::toString);
    }

    @Test
    void aTableCannotIncludeTheSealsKey() throws Exception {
        var seal = file("spool/seal", "secret\n");
        var reads = reads(Room.FRONT, checked("{ staff = \":include:" + seal + "\" }"));
        assertFalse(reads.contains(seal), reads::toString);
    }

    @Test
    void onlyFrontStandsOnTheFilesOfTables() throws Exception {
        var list = file("lists/staff", "bob\n");
        var checked = checked("{ staff = \":include:" + list + "\" }");
        assertTrue(fences().footing(Room.FRONT, checked).contains("staff"));
        assertEquals("", fences().footing(Room.QUEUE, checked));
    }
}
