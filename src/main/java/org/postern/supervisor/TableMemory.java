package org.postern.supervisor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.postern.config.Config;
import org.postern.config.Service;
import org.postern.config.TableDefinition;
import org.postern.ipc.Room;

/// How much memory the tables of a configuration take in a room that reads them.
///
/// A table in memory is a little larger than its file, and while it is read again there are two of
/// it. Databases take none: they are mapped.
final class TableMemory {
    private static final int TIMES = 3;

    /// What fits into any room's heap, in megabytes.
    private static final int LITTLE = 8;

    private TableMemory() {}

    /// What a room's heap has to have besides its own needs, in megabytes: a power of two, so that
    /// it seldom changes, or 0.
    static int of(Room room, Config config) {
        long bytes = 0;
        for (var table : config.tables().values()) {
            if (table.origin() instanceof TableDefinition.Origin.File(var path)
                    && reads(room, config, table.name())) {
                bytes += size(Path.of(path));
            }
        }
        return megabytes(bytes);
    }

    static int megabytes(long bytes) {
        long needed = (TIMES * bytes + (1 << 20) - 1) >> 20;
        return needed <= LITTLE ? 0 : (int) Math.min(1 << 16, Long.highestOneBit(needed - 1) << 1);
    }

    private static boolean reads(Room room, Config config, String table) {
        return switch (room) {
            case FRONT -> true;
            case QUEUE -> false;
            case DELIVERY ->
                    config.services(table).contains(Service.USERINFO)
                            || config.services(table).contains(Service.ALIAS);
            case KEEPER -> config.services(table).contains(Service.CREDENTIALS);
        };
    }

    private static long size(Path path) {
        try {
            return Files.size(path);
        } catch (IOException e) {
            return 0; // whoever opens it says so
        }
    }
}
