package org.postern.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.postern.config.TableRef.Shape;

/// Rows in memory, and the text that they are read from.
class PackedRowsTest {

    /// Reads a text as the file of a table is read: packed into the array it lies in.
    static PackedRows read(String text) {
        var room = new byte[text.length() + 2];
        System.arraycopy(bytes(text), 0, room, 0, text.length());
        var packer = new PackedRows.Packer(room);
        var table = new TableText(Shape.EITHER, new Mistakes(Mistakes.Showing.LINES), packer::add);
        table.read(room, text.length());
        return packer.packed(table.shape());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static Map<String, String> contents(Rows rows) throws IOException {
        var all = new TreeMap<String, String>();
        rows.forEach(row -> all.put(row.key(), row.value()));
        return all;
    }

    @Test
    void aTextIsPackedWhereItLies() throws Exception {
        var rows = read("# c\\n  Key:  the value \\n\\n[::1] x\\nb c".replace("\\n", "\n"));
        assertEquals(Map.of("key", "the value", "[::1]", "x", "b", "c"), contents(rows));
        assertEquals(Optional.of("c"), rows.value("b"));
        assertEquals(Optional.empty(), rows.value("c"));
    }

    @Test
    void bytesAboveAsciiStayWhatTheyAre() throws Exception {
        var rows = read("\u00c9\u00e9 \u00ff\n");
        assertEquals(Optional.of("\u00ff"), rows.value("\u00c9\u00e9"));
        assertFalse(rows.has("\u0149\u00e9"));
    }

    @Test
    void rowsAreFoundLikeInAMap() throws Exception {
        var random = new Random(7);
        var keys = new ArrayList<String>();
        var values = new ArrayList<String>();
        var expected = new HashMap<String, String>();
        for (int i = 0; i < 20_000; i++) {
            var key = Integer.toString(random.nextInt(15_000), 36);
            keys.add(key);
            values.add("v" + i);
            expected.put(key, "v" + i);
        }
        var rows = TestRows.packed(Shape.MAPPING, keys, values);
        assertEquals(expected.size(), rows.size());
        assertEquals(new TreeMap<>(expected), contents(rows));
        for (int i = 0; i < 20_000; i++) {
            var key = Integer.toString(i, 36);
            assertEquals(Optional.ofNullable(expected.get(key)), rows.value(key));
        }
    }

    @Test
    void aTextReadInPiecesIsTheSame() throws Exception {
        var text = new StringBuilder();
        for (int i = 0; i < 30_000; i++) {
            text.append("key").append(i).append(": ").append("x".repeat(i % 70 + 1)).append('\n');
        }
        text.append("long: ").append("y".repeat(200_000)).append("\nlast: z");
        var whole = contents(read(text.toString()));
        var pieces = new TreeMap<String, String>();
        var mistakes = new Mistakes(Mistakes.Showing.LINES);
        new TableText(Shape.EITHER, mistakes, (row, _) -> pieces.put(row.key(), row.value()))
                .read(new ByteArrayInputStream(bytes(text.toString())));
        assertEquals(List.of(), mistakes.inOrder());
        assertEquals(30_002, pieces.size());
        assertEquals(whole, pieces);
    }

    @Test
    void aBinaryFileIsNoText() {
        var mistakes = new Mistakes(Mistakes.Showing.LINES);
        var text = bytes("a\0b c\n");
        new TableText(Shape.EITHER, mistakes, (_, _) -> {}).read(text, text.length);
        assertEquals("a NUL byte: this is not a text", mistakes.inOrder().getFirst().message());
    }
}
