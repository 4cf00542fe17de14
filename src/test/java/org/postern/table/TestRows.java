package org.postern.table;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.postern.config.TableRef.Shape;

/// Entries made of texts, for tests.
final class TestRows {
    private TestRows() {}

    /// A list of these keys.
    static Entries list(List<String> keys) {
        return Entries.of(Shape.LIST, packed(Shape.LIST, keys, keys), List.of());
    }

    /// Rows of these keys and values.
    static PackedRows packed(Shape shape, List<String> keys, List<String> values) {
        var packer = PackedRows.Packer.growing();
        for (int i = 0; i < keys.size(); i++) {
            var row = new Row();
            var bytes = (keys.get(i) + values.get(i)).getBytes(StandardCharsets.ISO_8859_1);
            row.moveTo(bytes, 0, keys.get(i).length());
            row.value(keys.get(i).length(), bytes.length);
            packer.add(row, shape);
        }
        return packer.packed(shape);
    }
}
