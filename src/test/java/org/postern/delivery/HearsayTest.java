package org.postern.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.postern.ipc.Userbase;
import org.postern.os.Accounts;
import org.postern.table.Answer;

/// What a front in a stranger's hands can make of users: nobody of this system.
class HearsayTest {
    private static Answer<LocalUser> told(Means.Reach reach, Userbase.Answer answer) {
        return new Hearsay(_ -> answer, new Accounts(), reach).find("people", "carol");
    }

    private static Answer<LocalUser> told(int uid, int gid, String home) {
        return told(new Means.Reach.Everyone(), new Userbase.Answer.Known(uid, gid, home));
    }

    private static void assertRefused(Answer<LocalUser> answer) {
        assertTrue(
                answer instanceof Answer.Failed<LocalUser>(var cause)
                        && cause.startsWith("table people: user carol is uid "),
                answer::toString);
    }

    @Test
    void aUserOfPeopleIsBelieved() {
        assertEquals(
                new Answer.Found<>(new LocalUser("carol", 5000, 5001, "/home/carol")),
                told(5000, 5001, "/home/carol"));
    }

    @Test
    void rootIsNotBelieved() {
        assertRefused(told(0, 5000, "/"));
    }

    @Test
    void theGroupOfRootOrOfTheSystemIsNotBelieved() {
        assertRefused(told(5000, 0, "/home/carol"));
        assertRefused(told(5000, 42, "/home/carol"));
        assertRefused(told(5000, 999, "/home/carol"));
    }

    @Test
    void aUserOfTheSystemIsNotBelieved() {
        for (int uid : List.of(1, 8, 100, 999, 65534, 65535, -1, -2, Integer.MIN_VALUE)) {
            assertRefused(told(uid, 5000, "/home/carol"));
        }
    }

    @Test
    void aDirectoryThatIsNotAbsoluteIsNotBelieved() {
        for (var home : List.of("", "home", "../etc", "/home\0/x")) {
            assertRefused(told(5000, 5000, home));
        }
    }

    @Test
    void whoCanActAsOneUserOnlyIsToldOfThatOne() {
        var answer = new Userbase.Answer.Known(100, 100, "/home/carol");
        assertInstanceOf(Answer.Found.class, told(new Means.Reach.Own(100), answer));
        assertRefused(told(new Means.Reach.Own(101), answer));
    }

    @Test
    void rootIsNotBelievedEvenByARoomThatIsRoot() {
        assertRefused(told(new Means.Reach.Own(0), new Userbase.Answer.Known(0, 0, "/root")));
    }

    @Test
    void absenceAndFailureAreNotTheSame() {
        var everyone = new Means.Reach.Everyone();
        assertEquals(new Answer.Absent<>(), told(everyone, new Userbase.Answer.Unknown()));
        assertEquals(
                new Answer.Failed<>("no server"),
                told(everyone, new Userbase.Answer.Unavailable("no server")));
    }

    @Test
    void aFrontThatIsAwayIsAFailure() {
        var hearsay =
                new Hearsay(
                        _ -> {
                            throw new IOException("nobody there");
                        },
                        new Accounts(),
                        new Means.Reach.Everyone());
        assertEquals(
                new Answer.Failed<>("the room front: nobody there"),
                hearsay.find("people", "carol"));
    }
}
