package org.postern.front.route;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.postern.mail.Chunk;
import org.postern.mail.Mailbox;
import org.postern.mail.Share;
import org.postern.mail.Share.Destination;

/// What becomes of a share whose action is gone.
class AgainTest {
    private static final String NEW =
            """
            action "new" maildir
            match from any for domain "here.example" action "new"
            """;

    private static final Destination SEALED =
            new Destination.Sealed("bob", Destination.Kind.COMMAND, Chunk.of("old seal"));

    private static Share share(String original, String recipient, Destination destination) {
        return new Share(
                Mailbox.parse(original).orElseThrow(),
                Mailbox.parse(recipient).orElseThrow(),
                "gone",
                destination,
                Set.of(),
                "");
    }

    private static Share home(String recipient, String user) {
        return share(recipient, recipient, new Destination.Account(user, ""));
    }

    @Test
    void aUserStaysTheSameByTheActionOfNow() {
        var routes = Routes.by(NEW).users("bob");
        assertEquals("bob by new", routes.again(home("bob@here.example", "bob")));
    }

    @Test
    void eachMemberOfAListStaysOneMember() {
        var routes =
                Routes.by(
                                """
                                table aliases { list = "ann, bob, carol@far.example" }
                                action "new" maildir alias <aliases>
                                action "out" relay
                                match from any for domain "here.example" action "new"
                                match for any action "out"
                                """)
                        .users("ann", "bob");
        assertEquals("ann by new", routes.again(home("list@here.example", "ann")));
        assertEquals("bob by new", routes.again(home("list@here.example", "bob")));
        assertEquals(
                "carol@far.example by out",
                routes.again(
                        share("list@here.example", "carol@far.example", new Destination.Remote())));
    }

    @Test
    void oneThatTheRulesLeadElsewhereGoesThere() {
        var routes =
                Routes.by(
                        """
                        action "out" relay
                        match from any for domain "here.example" action "out"
                        """);
        assertEquals("bob@here.example by out", routes.again(home("bob@here.example", "bob")));
    }

    @Test
    void aCommandOfAForwardFileIsSealedAnewAndTheMailboxBesideItIsNotDeliveredTwice() {
        var routes = Routes.by(NEW).users("bob").forward("bob", "\\bob\n|\"/bin/filter\"\n");
        assertEquals(
                "bob's COMMAND 'sealed \"/bin/filter\"' by new",
                routes.again(share("bob@here.example", "bob@here.example", SEALED)));
        assertEquals("bob by new", routes.again(home("bob@here.example", "bob")));
    }

    @Test
    void oneOfTwoCommandsCannotBeTold() {
        var routes = Routes.by(NEW).users("bob").forward("bob", "|\"/bin/one\"\n|\"/bin/two\"\n");
        assertEquals(
                "550 5.2.4 Mailing list expansion problem: <bob@here.example>",
                routes.again(share("bob@here.example", "bob@here.example", SEALED)));
    }

    @Test
    void whereItCameFromIsAskedAsItWasThen() {
        var routes =
                Routes.by(
                                """
                                action "new" maildir
                                match from src "203.0.113.9" for domain "here.example" action "new"
                                """)
                        .users("bob");
        assertEquals(
                "550 5.1.1 Invalid recipient: <bob@here.example>",
                routes.again(home("bob@here.example", "bob")));
        routes.origin(Routes.from("203.0.113.9"));
        assertEquals("bob by new", routes.again(home("bob@here.example", "bob")));
    }

    @Test
    void aMemberOfAListComesFromLocal() {
        var routes =
                Routes.by(
                        """
                        action "out" relay
                        match from local for any action "out"
                        """);
        assertEquals(
                "carol@far.example by out",
                routes.again(
                        share("list@here.example", "carol@far.example", new Destination.Remote())));
        assertEquals(
                "550 5.1.1 Invalid recipient: <carol@far.example>",
                routes.again(
                        share("carol@far.example", "carol@far.example", new Destination.Remote())));
    }

    @Test
    void theRecipientOfTheClientIsKept() {
        var routes =
                Routes.by(
                        """
                        action "out" relay
                        match from local for any action "out"
                        """);
        var old = share("list@here.example", "carol@far.example", new Destination.Remote());
        var now = routes.shareAgain(old);
        assertEquals(old.originalRecipient(), now.originalRecipient());
        assertEquals("out", now.action());
    }
}
