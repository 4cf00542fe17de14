package org.postern.config;

/// A place in a configuration file; lines and columns count from 1, columns in bytes.
public record Position(String file, int line, int column) {

    /// The place of what no file declares, such as the table `<localhost>`.
    public static final Position BUILT_IN = new Position("built-in", 1, 1);

    public Position {
        if (line < 1 || column < 1) {
            throw new IllegalArgumentException(file + ":" + line + ":" + column);
        }
    }

    @Override
    public String toString() {
        return file + ":" + line + ":" + column;
    }
}
