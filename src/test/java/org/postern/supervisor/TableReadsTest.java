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

    private TableReads including(Path included, Path secret) throws Exception {
        return TableReads.of(List.of(file("tables/aliases")), List.of(secret))
                .with(List.of(included), List.of(secret));
    }

    @Test
    void anIncludedFileIsReadAlone() throws Exception {
        var list = file("lists/staff");
        assertEquals(
                Set.of(directory.resolve("tables"), list),
                including(list, file("keys/key")).paths());
    }

    @Test
    void whatIsIncludedFromTheDirectoryOfATableNeedsNothing() throws Exception {
        var reads = including(file("tables/lists/staff"), file("keys/key"));
        assertEquals(Set.of(directory.resolve("tables")), reads.paths());
    }

    @Test
    void whatALinkInTheDirectoryOfATableLeadsToIsReadAlone() throws Exception {
        var list = file("lists/staff");
        file("tables/aliases");
        var link = Files.createSymbolicLink(directory.resolve("tables/staff"), list);
        assertEquals(
                Set.of(directory.resolve("tables"), link),
                including(link, file("keys/key")).paths());
    }

    @Test
    void anIncludedKeyIsNotRead() throws Exception {
        var key = file("keys/key");
        assertEquals(Set.of(directory.resolve("tables")), including(key, key).paths());
    }

    @Test
    void aKeyBehindAnIncludedLinkIsNotRead() throws Exception {
        var key = file("keys/key");
        var link = Files.createSymbolicLink(directory.resolve("list"), key);
        assertEquals(Set.of(directory.resolve("tables")), including(link, key).paths());
    }

    @Test
    void nothingIsIncludedFromTheSpool() throws Exception {
        var message = file("spool/queue/segment");
        var spool = directory.resolve("spool");
        assertEquals(Set.of(directory.resolve("tables")), including(message, spool).paths());
    }

    @Test
    void anIncludedDirectoryIsNotRead() throws Exception {
        var list = file("lists/staff");
        assertEquals(
                Set.of(directory.resolve("tables")),
                including(list.getParent(), file("keys/key")).paths());
    }

    @Test
    void aNewFileInThePlaceOfAnIncludedOneIsNoticed() throws Exception {
        var list = file("lists/staff");
        var key = file("keys/key");
        var before = including(list, key);
        Files.move(file("lists/new"), list, StandardCopyOption.ATOMIC_MOVE);
        assertNotEquals(before, including(list, key));
    }

    @Test
    void anIncludedFileThatAppearsIsNoticed() throws Exception {
        var key = file("keys/key");
        var before = including(directory.resolve("lists/staff"), key);
        assertNotEquals(before, including(file("lists/staff"), key));
    }
}
