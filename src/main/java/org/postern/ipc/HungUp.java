package org.postern.ipc;

import java.io.EOFException;

/// The other end of a conversation is gone, or did not answer in time. What that means, each
/// conversation says: before a commit, nothing happened; during an attempt, it is deferred.
public final class HungUp extends EOFException {
    HungUp(String what) {
        super(what);
    }
}
