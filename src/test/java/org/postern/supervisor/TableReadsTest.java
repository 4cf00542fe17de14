package org.postern.supervisor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The fence around `front` opens for tables, and not for the secrets beside them.
class TableReadsTest {
    @TempDir private Path directory;

    private Path file(String name) throws Exception {
        Files.createDirectories(directory.resolve(name).getParent());
        return Files.writeString(directory.resolve(name), name);
    }

    @Test
    void aTableIsReadWithItsDirectory() throws Exception {
        var table = file("tables/aliases");
        assertEquals(
                Set.of(table.getParent()),
                TableReads.of(List.of(table), List.of(file("keys/key"))).paths());
    }

    @Test
    void aTableBesideAKeyIsReadAlone() throws Exception {
        var table = file("etc/aliases");
        assertEquals(
                Set.of(table), TableReads.of(List.of(table), List.of(file("etc/key"))).paths());
    }

    @Test
    void aTableAboveTheSpoolIsReadAlone() throws Exception {
        var table = file("aliases");
        var spool = file("spool/queue/format").getParent().getParent();
        assertEquals(Set.of(table), TableReads.of(List.of(table), List.of(spool)).paths());
    }

    @Test
    void aKeyIsFoundBehindASymbolicLink() throws Exception {
        var table = file("etc/aliases");
        var link = Files.createSymbolicLink(directory.resolve("other"), table.getParent());
        file("etc/key");
        assertEquals(
                Set.of(table), TableReads.of(List.of(table), List.of(link.resolve("key"))).paths());
    }

    @Test
    void aTableInTheRootIsReadAlone() {
        assertEquals(
                Set.of(Path.of("/aliases")),
                TableReads.of(List.of(Path.of("/aliases")), List.of(Path.of("/home"))).paths());
    }

    @Test
    void aNewFileInThePlaceOfATableReadAloneIsNoticed() throws Exception {
        var table = file("etc/aliases");
        var key = file("etc/key");
        var before = TableReads.of(List.of(table), List.of(key));
        var fresh = file("etc/aliases.new");
        Files.move(fresh, table, StandardCopyOption.ATOMIC_MOVE);
        assertNotEquals(before, TableReads.of(List.of(table), List.of(key)));
    }
}
