package org.postern.planted.queue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;

/// Calls native code, knows the network, and starts programs.
public final class Shelf {
    void allocate() {
        Arena.global().allocate(1);
    }

    InetAddress lookUp() throws UnknownHostException {
        return InetAddress.getByName("localhost");
    }

    SocketChannel open() throws IOException {
        return SocketChannel.open();
    }

    ProcessBuilder program() {
        return new ProcessBuilder();
    }
}
