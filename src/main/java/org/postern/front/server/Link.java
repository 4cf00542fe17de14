package org.postern.front.server;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;

/// The bytes of one connection, both ways. It belongs to the thread of its session.
interface Link extends Closeable {
    /// Waits for bytes, at most `patience`, and puts up to `length` of them at `from`.
    ///
    /// @return how many there were, or -1 if the client has ended the connection
    /// @throws java.net.SocketTimeoutException if none came in time
    int read(byte[] into, int from, int length, Duration patience) throws IOException;

    /// Have bytes arrived that were not read yet? No, where that cannot be told.
    boolean hasArrived() throws IOException;

    /// How long a client may take to read what it is told.
    Duration WRITE_PATIENCE = Duration.ofMinutes(5);

    /// Sends the first `length` of `bytes`; gives up, and ends the connection, when the client does
    /// not take them for minutes.
    void write(byte[] bytes, int length) throws IOException;

    /// Hears the client no more: a read that waits ends as if the client had ended the connection.
    /// The one method that another thread may call.
    void stopHearing();

    /// Ends the connection.
    @Override
    void close();

    /// Ends the connection so that the client can still read what was sent last, even if there is
    /// something from it that we have not read.
    void closeGently();
}
