package org.postern.planted.supervisor;

import java.lang.reflect.Array;
import org.postern.planted.ipc.RoomLife;
import org.postern.planted.tool.Ctl;

/// A tenant that knows a tool, and looks into classes.
public final class Watch implements RoomLife.Tenant {
    Object reflect() {
        return Array.newInstance(Ctl.class, 1);
    }
}
