package org.postern.os;

import java.nio.file.Path;

/// Where a child's standard input, output or error leads.
public sealed interface Stdio {
    /// To us, by a pipe.
    record Pipe() implements Stdio {}

    /// To where ours leads.
    record Inherit() implements Stdio {}

    /// To `/dev/null`.
    record Nothing() implements Stdio {}

    /// To a file that the child opens as the user it is, within its fence.
    record File(Path path, Mode mode) implements Stdio {}

    /// To a file that is open here, and which the child shares. It must stay open until the child
    /// has started.
    record Open(OpenFile file) implements Stdio {}

    /// To a connection, both ways. It must stay open until the child has started.
    record Connected(Caller caller) implements Stdio {}

    /// To the same as its standard output. For standard error only.
    record SameAsOutput() implements Stdio {}

    /// How a file is opened.
    enum Mode {
        READ(0),
        /// Created with mode 0600 if need be, and emptied.
        WRITE(01 | 0x40 | 0x200),
        /// Created with mode 0600 if need be; all that is written goes to its end.
        APPEND(01 | 0x40 | 0x400),
        /// A named pipe opened like this does not wait for its other end.
        READ_WRITE(02);

        private final int flags;

        Mode(int flags) {
            this.flags = flags;
        }

        int flags() {
            return flags;
        }
    }
}
