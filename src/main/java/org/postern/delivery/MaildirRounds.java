package org.postern.delivery;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
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
    private static final int LARGEST_ROUND = 100;
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

    /// A letter and the Maildir that it goes to.
    ///
    /// @param root the Maildir
    /// @param who as whom it is put there
    record Post(Path root, LocalUser who, Maildir.Turn turn) {
        private Key key() {
            return new Key(root, who.uid(), who.gid());
        }

        /// Returns if it was stored.
        ///
        /// @throws ContentLost if the content did not come whole: nothing of it was left
        /// @throws IOException if the letter could not be stored
        void outcome() throws IOException {
            turn.outcome();
        }
    }

    /// Letters that wait for their round, and the thread that waits with them.
    private static final class Waiting {
        final List<Maildir.Turn> turns;
        final CountDownLatch woken = new CountDownLatch(1);

        // Written before "woken" opens, read after.
        Call call = Call.DONE;

        enum Call {
            DONE,
            LEAD
        }

        Waiting(List<Maildir.Turn> turns) {
            this.turns = turns;
        }

        void wake(Call what) {
            call = what;
            woken.countDown();
        }
    }

    /// Puts letters into their Maildirs. When this returns each is on disk, or its [Post#outcome]
    /// says why not.
    void put(List<Post> posts) {
        var byKey = new LinkedHashMap<Key, List<Post>>();
        for (var post : posts) {
            byKey.computeIfAbsent(post.key(), _ -> new ArrayList<>()).add(post);
        }
        var others = new ArrayList<Thread>();
        for (var same : byKey.values()) {
            if (others.size() + 1 < byKey.size()) {
                others.add(Thread.ofVirtual().name("round").start(() -> putOne(same)));
            } else {
                putOne(same);
            }
        }
        for (var thread : others) {
            join(thread);
        }
    }

    /// The letters of each thread wait for the disk no longer than rounds do.
    private static void join(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void putOne(List<Post> posts) {
        var root = posts.getFirst().root();
        var who = posts.getFirst().who();
        var inHand = new ArrayList<Maildir.Turn>(posts.size());
        for (var post : posts) {
            if (post.turn().isInHand()) {
                inHand.add(post.turn());
            } else {
                work(root, who, List.of(post.turn()));
            }
        }
        if (!inHand.isEmpty()) {
            inRound(root, who, inHand);
        }
    }

    private void work(Path root, LocalUser who, List<Maildir.Turn> turns) {
        var maildir = new Maildir(root, who, names, syncs);
        try {
            asUser.call(
                    who.identity(),
                    () -> {
                        maildir.put(turns);
                        return turns;
                    });
        } catch (IOException e) {
            turns.forEach(turn -> turn.fail(e));
        }
    }

    private void inRound(Path root, LocalUser who, List<Maildir.Turn> turns) {
        var key = new Key(root, who.uid(), who.gid());
        var mine = new Waiting(turns);
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
        try {
            if (!leads) {
                await(key, mine);
                leads = mine.call == Waiting.Call.LEAD;
            }
            if (leads) {
                lead(key, who, mine);
            }
        } catch (IOException e) {
            turns.forEach(turn -> turn.fail(e));
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
        var turns = new ArrayList<>(mine.turns);
        synchronized (lanes) {
            var lane = lane(key);
            while (turns.size() < LARGEST_ROUND && !lane.isEmpty()) {
                var next = lane.remove();
                round.add(next);
                turns.addAll(next.turns);
            }
        }
        try {
            work(key.root(), who, turns);
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
