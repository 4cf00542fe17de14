package org.postern.front.arrival;

import java.net.InetAddress;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.postern.config.Crowding;
import org.postern.front.arrival.Crowd.Found;
import org.postern.mail.AddressText;

/// How many sessions an address and its network may have, and how fast.
class CrowdTest {
    private static final long SECOND = 1_000_000_000L;

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - SECOND);
    private final Crowd crowd = new Crowd(now::get);

    private static InetAddress at(String address) {
        return AddressText.parse(address);
    }

    private Found enter(String address, Crowding limits) {
        return crowd.enter(at(address), limits);
    }

    @Test
    void anAddressHasOnlySoManySessions() {
        var limits = new Crowding(2, 100, 1000, 1000);
        Assertions.assertEquals(Found.PLACE, enter("192.0.2.1", limits));
        Assertions.assertEquals(Found.PLACE, enter("192.0.2.1", limits));
        Assertions.assertEquals(Found.TOO_MANY, enter("192.0.2.1", limits));
        Assertions.assertEquals(Found.PLACE, enter("192.0.2.2", limits));
        crowd.leave(at("192.0.2.1"));
        Assertions.assertEquals(Found.PLACE, enter("192.0.2.1", limits));
    }

    @Test
    void aNetworkHasOnlySoManySessions() {
        var limits = new Crowding(100, 2, 1000, 1000);
        Assertions.assertEquals(Found.PLACE, enter("192.0.2.1", limits));
        Assertions.assertEquals(Found.PLACE, enter("192.0.2.255", limits));
        Assertions.assertEquals(Found.TOO_MANY, enter("192.0.2.7", limits));
        Assertions.assertEquals(Found.PLACE, enter("192.0.3.1", limits));
        Assertions.assertEquals(Found.PLACE, enter("2001:db8:0:1::1", limits));
        Assertions.assertEquals(Found.PLACE, enter("2001:db8:0:1:ffff::2", limits));
        Assertions.assertEquals(Found.TOO_MANY, enter("2001:db8:0:1::3", limits));
        Assertions.assertEquals(Found.PLACE, enter("2001:db8:0:2::1", limits));
    }

    @Test
    void anAddressMayBeHastyForAMinuteAndThenKeepsItsPace() {
        var limits = new Crowding(1000, 1000, 60, 1000);
        for (int i = 0; i < 60; i++) {
            Assertions.assertEquals(Found.PLACE, enter("192.0.2.1", limits), "session " + i);
        }
        Assertions.assertEquals(Found.TOO_FAST, enter("192.0.2.1", limits));
        Assertions.assertEquals(Found.PLACE, enter("192.0.2.2", limits));
        now.addAndGet(SECOND);
        Assertions.assertEquals(Found.PLACE, enter("192.0.2.1", limits));
        Assertions.assertEquals(Found.TOO_FAST, enter("192.0.2.1", limits));
    }

    @Test
    void aLargeSenderDoesNotComeNearTheDefaults() {
        // A hundred sessions at a time, each over after five seconds: twenty new ones a second.
        for (int second = 0; second < 600; second++) {
            for (int i = 0; i < 20; i++) {
                Assertions.assertEquals(Found.PLACE, enter("192.0.2.1", Crowding.STANDARD));
                if (second >= 5) {
                    crowd.leave(at("192.0.2.1"));
                }
            }
            now.addAndGet(SECOND);
        }
    }

    @Test
    void aNetworkKeepsItsPaceToo() {
        var limits = new Crowding(1000, 1000, 1000, 10);
        for (int i = 0; i < 10; i++) {
            Assertions.assertEquals(Found.PLACE, enter("192.0.2." + i, limits));
        }
        Assertions.assertEquals(Found.TOO_FAST, enter("192.0.2.100", limits));
    }

    @Test
    void whoHasGoneIsForgotten() {
        var limits = Crowding.STANDARD;
        for (int i = 0; i < 100; i++) {
            enter("198.51.100." + i, limits);
            crowd.leave(at("198.51.100." + i));
        }
        now.addAndGet(120 * SECOND);
        for (int i = 0; i < 100; i++) {
            enter("192.0.2.1", limits);
        }
        Assertions.assertEquals(2, crowd.remembered());
    }

    @Test
    void howManyAreRememberedIsBoundedAndNobodyWithASessionIsForgotten() {
        var limits = new Crowding(1, 1000, 1, 1000);
        Assertions.assertEquals(Found.PLACE, enter("192.0.2.1", limits));
        for (int i = 0; i < 200_000; i++) {
            var address = "2001:db8:%x:%x::1".formatted(i >> 16, i & 0xffff);
            Assertions.assertEquals(Found.PLACE, enter(address, limits));
            crowd.leave(at(address));
        }
        Assertions.assertTrue(crowd.remembered() <= 20_010, "" + crowd.remembered());
        now.addAndGet(61 * SECOND);
        Assertions.assertEquals(Found.TOO_MANY, enter("192.0.2.1", limits));
    }
}
