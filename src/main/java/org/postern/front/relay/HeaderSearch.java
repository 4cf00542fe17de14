package org.postern.front.relay;

import java.nio.ByteBuffer;

/// Looks for bytes above 127 in the header of a content that is poured into it.
final class HeaderSearch implements Load.Vessel {
    private boolean inHeader = true;
    private boolean atLineStart = true;
    private boolean found;

    @Override
    public void feed(ByteBuffer content) {
        while (inHeader && content.hasRemaining()) {
            byte b = content.get();
            found |= b < 0;
            inHeader = b != '\n' || !atLineStart;
            atLineStart = b == '\n';
        }
        content.position(content.limit());
    }

    boolean found() {
        return found;
    }
}
