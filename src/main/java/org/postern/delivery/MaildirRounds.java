package org.postern.delivery;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.postern.os.AsUser;

/// Puts letters into Maildirs in rounds: letters for the same Maildir that come while a round is
/// under way make up the next one. A round costs one change of identity, however many letters it
/// has, and shares its syncs with the rounds of other users ([Syncs]).
///
/// Called by the threads of attempts; each waits until its letter is on disk.
final class MaildirRounds {
    private static final int LARGEST_ROUND = 32;
    private static final Duration PATIENCE = Duration.ofMinutes(15);

    private final AsUser asUser;
    private final MaildirNames names;
    private final Syncs syncs = new Syncs();

    // Guarded by itself: the Maildirs that a round is under way in, and who waits for the next.
    private final Map<Key, ArrayDeque<Waiting>> lanes = new HashMap<>();

    private record Key(Path root, int uid, int gid) {}

    MaildirRounds(AsUser asUser, MaildirNames names) {
        this.asUser = asUser;
        this.names = names;
    }

    /// One letter that waits for its round, and the thread that waits with it.
    private static final class Waiting {
        final Maildir.Turn turn;
        final CountDownLatch woken = new CountDownLatch(1);

        // Written before "woken" opens, read after.
        Call call = Call.DONE;

        enum Call {
            DONE,
            LEAD
        }

        Waiting(Maildir.Turn turn) {
            this.turn = turn;
        }

        void wake(Call what) {
            call = what;
            woken.countDown();
        }
    }

    /// Puts a letter into the Maildir at `root`; returns when it is on disk.
    ///
    /// @throws ContentLost if the content did not come whole: nothing of it was left
    /// @throws IOException if the letter could not be stored
    void put(Path root, LocalUser who, Maildir.Folder folder, Letter letter) throws IOException {
        var turn = new Maildir.Turn(letter, folder);
        if (letter.isInHand()) {
            inRound(root, who, turn);
        } else {
            work(root, who, List.of(turn));
        }
        turn.outcome();
    }

    private void work(Path root, LocalUser who, List<Maildir.Turn> turns) throws IOException {
        var maildir = new Maildir(root, who, names, syncs);
        asUser.call(
                who.identity(),
                () -> {
                    maildir.put(turns);
                    return turns;
                });
    }

    private void inRound(Path root, LocalUser who, Maildir.Turn turn) throws IOException {
        var key = new Key(root, who.uid(), who.gid());
        var mine = new Waiting(turn);
        boolean leads;
        synchronized (lanes) {
            var lane = lanes.get(key);
            leads = lane == null;
            if (lane == null) {
                lanes.put(key, new ArrayDeque<>());
            } else {
                lane.add(mine);
            }
        }
        if (!leads) {
            await(key, mine);
            leads = mine.call == Waiting.Call.LEAD;
        }
        if (leads) {
            lead(key, who, mine);
        }
    }

    private void await(Key key, Waiting mine) throws IOException {
        try {
            if (mine.woken.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        synchronized (lanes) {
            boolean waited = lane(key).remove(mine);
            if (!waited && mine.call == Waiting.Call.LEAD) {
                handOn(key);
            }
        }
        // Should a round have the letter already, it will be stored now and once more later.
        throw new InterruptedIOException("the disk is too slow");
    }

    private void lead(Key key, LocalUser who, Waiting mine) {
        var round = new ArrayList<Waiting>(List.of(mine));
        synchronized (lanes) {
            var lane = lane(key);
            while (round.size() < LARGEST_ROUND && !lane.isEmpty()) {
                round.add(lane.remove());
            }
        }
        try {
            work(key.root(), who, round.stream().map(waiting -> waiting.turn).toList());
        } catch (IOException e) {
            round.forEach(waiting -> waiting.turn.fail(e));
        } finally {
            handOn(key);
            round.forEach(waiting -> waiting.wake(Waiting.Call.DONE));
        }
    }

    private void handOn(Key key) {
        synchronized (lanes) {
            var lane = lane(key);
            if (lane.isEmpty()) {
                lanes.remove(key);
            } else {
                lane.remove().wake(Waiting.Call.LEAD);
            }
        }
    }

    private ArrayDeque<Waiting> lane(Key key) {
        var lane = lanes.get(key);
        if (lane == null) {
            throw new IllegalStateException("no lane for " + key.root());
        }
        return lane;
    }
}
