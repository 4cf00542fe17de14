package org.postern.front.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postern.mail.Share;

/// What is written down of each recipient that an expansion ends at: whom RCPT named, whom it is
/// for now, and who takes it.
class EnvelopeTableTest {
    private static Routes routes() {
        return Routes.by(
                        """
                        table names {
                            "far" = "Bob@Far.example", "near" = "ann+Tag", "pipe" = "|p", "note" = "/n",
                            "over" = "x@too.example", "too" = "pipe"
                        }
                        table others { "x" = "|q", "y" = "ann" }
                        action "home" maildir alias <names>
                        action "too" maildir virtual <others>
                        action "as" maildir user "vmail" alias <names>
                        action "out" relay
                        match from any for domain "here.example" action "home"
                        match from any for domain "too.example" action "too"
                        match from any for domain "as.example" action "as"
                        match from local for any action "out"
                        """)
                .users("ann", "vmail")
                .forward("pat", "|x y")
                .forward("fil", "/a b")
                .forward("fwd", "ann+t, Bob@Far.example")
                .forward("twice", "pat+t");
    }

    /// 7.7. The columns: section, what RCPT names, whom it is for, who takes it by which action.
    @ParameterizedTest
    @CsvSource(
            delimiterString = "::",
            textBlock =
                    """
                    7.7 MTA               :: Far@here.example  :: Bob@Far.example  :: remote by out
                    7.7 USERNAME          :: Ann@Here.example  :: Ann@Here.example :: ann by home
                    7.7 USERNAME tag      :: ann+A@here.example :: ann+A@here.example :: ann+a by home
                    7.7 USERNAME alias    :: near@here.example :: near@here.example :: ann+tag by home
                    7.7 USERNAME virtual  :: y@too.example     :: y@too.example    :: ann by too
                    7.7 FILTER alias      :: pipe@here.example :: pipe@here.example :: COMMAND pipe of names by home
                    7.7 FILTER chain      :: too@here.example  :: too@here.example :: COMMAND pipe of names by home
                    7.7 FILTER ancestor   :: over@here.example :: x@too.example    :: COMMAND x of others by too
                    7.7 FILTER .forward   :: pat@here.example  :: pat@here.example :: COMMAND of pat by home
                    7.7 FILTER tag        :: pat+t@here.example :: pat+t@here.example :: COMMAND of pat by home
                    7.7 FILTER two users  :: twice@here.example :: twice@here.example :: COMMAND of pat by home
                    7.7 FILENAME alias    :: note@here.example :: note@here.example :: FILE note of names by home
                    7.7 FILENAME .forward :: fil@here.example  :: fil@here.example :: FILE of fil by home
                    7.9 user U            :: ann@as.example    :: ann@as.example   :: ann by as
                    7.9 user U, FILTER    :: pipe@as.example   :: pipe@as.example  :: COMMAND pipe of names by as
                    7.9 user U, .forward  :: pat@as.example    :: pat@as.example   :: pat by as
                    """)
    void whatIsWrittenDown(String section, String original, String recipient, String taker) {
        var accepted = assertInstanceOf(Routing.Accepted.class, routes().routing(original));
        assertEquals(1, accepted.shares().size(), section);
        var share = accepted.shares().getFirst();
        assertEquals(original, share.originalRecipient().toString(), section);
        assertEquals(recipient, share.recipient().toString(), section);
        assertEquals(taker, taker(share) + " by " + share.action(), section);
    }

    private static String taker(Share share) {
        return switch (share.destination()) {
            case Share.Destination.Remote() -> "remote";
            case Share.Destination.Account(var user, var tag) ->
                    tag.isEmpty() ? user : user + "+" + tag;
            case Share.Destination.Sealed(var user, var kind, _) -> kind + " of " + user;
            case Share.Destination.Listed(var table, var key, var kind, _) ->
                    kind + " " + key + " of " + table;
            case Share.Destination.Unrouted() -> "unrouted";
        };
    }
}
