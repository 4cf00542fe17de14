package org.postern.delivery;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.postern.os.Filesystem;
import org.postern.os.OpenFile;

/// Puts what deliveries wrote on disk, for many at a time: who comes while a file system is being
/// synced waits for the next round. A round of a few files syncs each; a larger one syncs the file
/// system, since that is one wait for the disk however many files there are (measured on ext4 with
/// 32 files: five times as fast).
///
/// Called on the platform threads of [org.postern.os.AsUser] only. They wake each other and nobody
/// else: waking a virtual thread could start a carrier that inherits the user.
final class Syncs {
    private static final int FEW = 3;
    private static final long PATIENCE_SECONDS = 300;

    // Guarded by "this": by device, the round that is gathering and the one that is under way.
    private final Map<Long, Round> gathering = new HashMap<>();
    private final Map<Long, Round> current = new HashMap<>();

    /// Something that can be synced by itself.
    @FunctionalInterface
    interface Wish {
        /// Returns when it is on disk.
        void sync() throws IOException;
    }

    /// One sync and those who wait for it.
    private static final class Round {
        final CountDownLatch done = new CountDownLatch(1);

        // Guarded by the Syncs while it is gathering; then the leader's.
        final List<Wish> wishes = new ArrayList<>();

        // Written before "done" opens, read after.
        String trouble = "it was broken off";

        void await() throws IOException {
            try {
                if (!done.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    throw new IOException("the disk is too slow");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw (IOException) new InterruptedIOException("interrupted").initCause(e);
            }
        }
    }

    /// Returns when all that `wishes` stand for is on disk; all of it lies in the file system of
    /// `place`.
    ///
    /// @throws IOException if it, or anything else of the round, could not be written
    void sync(OpenFile place, List<Wish> wishes) throws IOException {
        long device = place.facts().device();
        Round mine;
        boolean leads;
        List<Round> before = new ArrayList<>();
        synchronized (this) {
            leads = !gathering.containsKey(device);
            mine = gathering.computeIfAbsent(device, _ -> new Round());
            mine.wishes.addAll(wishes);
            if (leads) {
                Optional.ofNullable(current.get(device)).ifPresent(before::add);
            }
        }
        if (leads) {
            lead(device, place, mine, before);
        } else {
            mine.await();
        }
        if (!mine.trouble.isEmpty()) {
            throw new IOException(mine.trouble);
        }
    }

    private void lead(long device, OpenFile place, Round mine, List<Round> before)
            throws IOException {
        try {
            for (var round : before) {
                round.await();
            }
        } finally {
            synchronized (this) {
                gathering.remove(device, mine);
                current.put(device, mine);
            }
            try {
                carryOut(place, mine.wishes);
                mine.trouble = "";
            } catch (IOException e) {
                mine.trouble = Trouble.reason(e);
            } finally {
                synchronized (this) {
                    current.remove(device, mine);
                }
                mine.done.countDown();
            }
        }
    }

    private static void carryOut(OpenFile place, List<Wish> wishes) throws IOException {
        if (wishes.size() > FEW) {
            Filesystem.syncAll(place);
            return;
        }
        for (var wish : wishes) {
            wish.sync();
        }
    }
}
