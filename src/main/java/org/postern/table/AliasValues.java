package org.postern.table;

import java.util.List;

/// Reads the recipients that an alias or a forward file names.
public final class AliasValues {
    private AliasValues() {}

    /// The recipients on one line, parted by commas; [Answer.Failed] if any of them is malformed.
    public static Answer<List<AliasValue>> parse(String line) {
        return new Answer.Failed<>(line);
    }

    /// The recipients in a forward file: `#` begins a comment, a backslash at the end of a line
    /// continues it; [Answer.Failed] if any line is malformed. Nothing in it is an empty list.
    public static Answer<List<AliasValue>> parseForward(String text) {
        return new Answer.Failed<>(text);
    }
}
