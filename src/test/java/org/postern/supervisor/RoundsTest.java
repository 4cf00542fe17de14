package org.postern.supervisor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A deed that is done once for all who wait for it.
@Timeout(120)
class RoundsTest {
    private final AtomicInteger done = new AtomicInteger();
    private Thread server = Thread.currentThread();

    private static <T> FutureTask<T> start(Callable<T> task) {
        var future = new FutureTask<>(task);
        Thread.ofVirtual().start(future);
        return future;
    }

    private <A> Rounds<A> served(Supplier<A> deed) {
        var rounds = new Rounds<>(deed);
        server = Thread.ofPlatform().daemon().start(() -> serve(rounds));
        return rounds;
    }

    private static void serve(Rounds<?> rounds) {
        while (true) {
            try {
                rounds.serve();
            } catch (InterruptedException e) {
                return;
            } catch (IllegalStateException e) {
                // The next round is not the worse for it.
            }
        }
    }

    @AfterEach
    void end() {
        server.interrupt();
    }

    @Test
    void whoAsksAloneGetsARoundOfItsOwn() throws Exception {
        var rounds = served(done::incrementAndGet);
        assertEquals(1, rounds.ask());
        assertEquals(2, rounds.ask());
    }

    @Test
    void allWhoAskDuringARoundShareTheNextOne() throws Exception {
        var inside = new CountDownLatch(1);
        var goOn = new Semaphore(0);
        var rounds =
                served(
                        () -> {
                            inside.countDown();
                            goOn.acquireUninterruptibly();
                            return done.incrementAndGet();
                        });
        var first = start(rounds::ask);
        assertTrue(inside.await(60, TimeUnit.SECONDS));
        var asking = new CountDownLatch(20);
        List<FutureTask<Integer>> others = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            others.add(
                    start(
                            () -> {
                                asking.countDown();
                                return rounds.ask();
                            }));
        }
        assertTrue(asking.await(60, TimeUnit.SECONDS));
        goOn.release(100);
        assertEquals(1, first.get());
        for (var other : others) {
            assertTrue(other.get() >= 2, "a round that had begun before it was asked for");
        }
    }

    @Test
    void nobodyGetsAnAnswerThatIsOlderThanItsQuestion() throws Exception {
        var facts = new AtomicInteger();
        var rounds = served(facts::get);
        var threads = new ArrayList<FutureTask<Boolean>>();
        for (int i = 0; i < 8; i++) {
            threads.add(
                    start(
                            () -> {
                                for (int n = 0; n < 2000; n++) {
                                    int mine = facts.incrementAndGet();
                                    if (rounds.ask() < mine) {
                                        return false;
                                    }
                                }
                                return true;
                            }));
        }
        for (var thread : threads) {
            assertTrue(thread.get());
        }
    }

    @Test
    void aBugInOneRoundDoesNotEndTheNext() throws Exception {
        var rounds =
                this.<Integer>served(
                        () -> {
                            if (done.incrementAndGet() == 1) {
                                throw new IllegalStateException("a bug");
                            }
                            return done.get();
                        });
        assertThrows(IllegalStateException.class, rounds::ask);
        assertEquals(2, rounds.ask());
    }
}
