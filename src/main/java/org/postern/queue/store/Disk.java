package org.postern.queue.store;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/// The directory of the spool, as the store sees it: few files, written at positions and forced.
/// Tests put one in its place that loses what was not forced, fills up or breaks.
///
/// Names are relative to the spool, with `/` between directories. May be used from any thread.
public interface Disk {
    /// One open file. May be used from any thread.
    interface File extends Closeable {
        /// Reads from `position` until `target` is full or the file ends.
        ///
        /// @return how many bytes were read
        int read(ByteBuffer target, long position) throws IOException;

        /// Writes all that remains in `source` at `position`.
        void write(ByteBuffer source, long position) throws IOException;

        /// Waits until what was written is on the disk. When it throws, nothing is known about what
        /// was written since the last time it did not.
        void force() throws IOException;

        /// How long the file is.
        long size() throws IOException;
    }

    /// Makes a file that does not exist yet.
    File create(String name) throws IOException;

    /// Opens a file that exists, to read and write.
    File open(String name) throws IOException;

    /// Gives a file another name, in the place of one that has it.
    void rename(String from, String to) throws IOException;

    /// Removes a file, if it is there.
    void delete(String name) throws IOException;

    /// Makes a directory, if it is not there.
    void makeDirectory(String name) throws IOException;

    /// The names of the files of a directory; `""` is the spool itself.
    List<String> list(String directory) throws IOException;

    /// Waits until the names of the files of a directory are on the disk.
    void syncDirectory(String directory) throws IOException;

    /// How many more bytes the disk takes.
    long usable() throws IOException;
}
