package org.postern.planted.ipc;

/// Where tenants are declared.
public final class RoomLife {
    private RoomLife() {}

    /// Who lives in a room.
    public interface Tenant {}
}
