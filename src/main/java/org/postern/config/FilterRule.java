package org.postern.config;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.postern.config.TableRef.Shape;

/// A filter that the configuration spells out: at one point of the session one condition is tested, and
/// one decision follows if it holds.
///
///     phase    = ( "connect" | "helo" | "ehlo" | "auth" | "mail-from" | "rcpt-to" | "data"
///                | "commit" ) "match" [ "!" ] test decision
///     test     = "fcrdns" | "rdns" [ rt ] | "src" rt | "helo" rt | "auth" [ rt ]
///              | "mail-from" rt | "rcpt-to" rt
///     decision = ( "reject" | "disconnect" | "rewrite" | "report" ) string
///              | "junk" | "bypass"
public record FilterRule(Phase phase, Condition.Sense sense, Test test, Decision decision) {

    /// When the condition is tested.
    public enum Phase {
        AUTH,
        COMMIT,
        CONNECT,
        DATA,
        EHLO,
        HELO,
        MAIL_FROM,
        RCPT_TO
    }

    /// What is tested.
    public sealed interface Test {
        /// The client's address has a name, and the name that address.
        record ConfirmedName() implements Test {}

        /// The client's address has a name.
        record Named() implements Test {}

        /// The name of the client's address is in the table.
        record Name(TableRef table) implements Test {}

        /// The client's address is in the table.
        record Source(TableRef table) implements Test {}

        /// The name given in HELO or EHLO is in the table.
        record Helo(TableRef table) implements Test {}

        /// The session is authenticated.
        record Authenticated() implements Test {}

        /// The session is authenticated as one of the table.
        record AuthenticatedAs(TableRef table) implements Test {}

        /// The reverse-path is in the table.
        record MailFrom(TableRef table) implements Test {}

        /// The recipient is in the table.
        record RcptTo(TableRef table) implements Test {}

        /// The words that begin a test.
        enum Word {
            AUTH,
            FCRDNS,
            HELO,
            MAIL_FROM,
            RCPT_TO,
            RDNS,
            SRC
        }
    }

    /// What follows.
    public sealed interface Decision {
        /// The command is refused with this reply: a code from 400 to 599, a blank and text.
        record Reject(String reply) implements Decision {}

        /// The command is refused with this reply, and the connection closed.
        record Disconnect(String reply) implements Decision {}

        /// The argument of the command is replaced.
        record Rewrite(String argument) implements Decision {}

        /// The log says so.
        record Report(String text) implements Decision {}

        /// The message is marked as spam.
        record Junk() implements Decision {}

        /// The other filters of the chain are not asked.
        record Bypass() implements Decision {}

        /// The words that begin a decision.
        enum Word {
            BYPASS,
            DISCONNECT,
            JUNK,
            REJECT,
            REPORT,
            REWRITE
        }
    }

    /// The word after the phase.
    enum MatchWord {
        MATCH
    }

    private static final Pattern REPLY = Pattern.compile("[45][0-9][0-9] .+");

    /// The table that the rule asks, if it asks one.
    Optional<TableRef> table() {
        return switch (test) {
            case Test.Name(var table) -> Optional.of(table);
            case Test.Source(var table) -> Optional.of(table);
            case Test.Helo(var table) -> Optional.of(table);
            case Test.AuthenticatedAs(var table) -> Optional.of(table);
            case Test.MailFrom(var table) -> Optional.of(table);
            case Test.RcptTo(var table) -> Optional.of(table);
            case Test.ConfirmedName _, Test.Named _, Test.Authenticated _ -> Optional.empty();
        };
    }

    /// Reads what stands after `phase`.
    static FilterRule parse(Tokens in) throws Syntax {
        var phase = in.word(Phase.class, "a phase");
        in.word(MatchWord.class, "match");
        var sense = in.accepts('!') ? Condition.Sense.FAILS : Condition.Sense.HOLDS;
        var at = in.position();
        var word = in.word(Test.Word.class, "a condition");
        if (!known(phase).contains(word)) {
            throw in.error(
                    at, Tokens.text(word) + " is not known yet in phase " + Tokens.text(phase));
        }
        var test = test(in, word);
        if (in.accepts('!') || in.sees(Test.Word.class)) {
            throw in.error(
                    in.position(), "a filter tests one condition; for two, make a chain of two");
        }
        return new FilterRule(phase, sense, test, decision(in, phase));
    }

    /// The tests that a phase knows the answer to.
    private static Set<Test.Word> known(Phase phase) {
        var known = EnumSet.of(Test.Word.FCRDNS, Test.Word.RDNS, Test.Word.SRC);
        if (phase == Phase.CONNECT) {
            return known;
        }
        known.add(Test.Word.HELO);
        if (phase == Phase.HELO || phase == Phase.EHLO) {
            return known;
        }
        known.add(Test.Word.AUTH);
        if (phase == Phase.AUTH) {
            return known;
        }
        known.add(Test.Word.MAIL_FROM);
        if (phase == Phase.RCPT_TO) {
            known.add(Test.Word.RCPT_TO);
        }
        return known;
    }

    private static Test test(Tokens in, Test.Word word) throws Syntax {
        return switch (word) {
            case FCRDNS -> new Test.ConfirmedName();
            case RDNS -> in.seesTable() ? new Test.Name(use(in, Service.DOMAIN)) : new Test.Named();
            case SRC -> new Test.Source(use(in, Service.NETADDR));
            case HELO -> new Test.Helo(use(in, Service.DOMAIN));
            case AUTH ->
                    in.seesTable()
                            ? new Test.AuthenticatedAs(use(in, Service.STRING))
                            : new Test.Authenticated();
            case MAIL_FROM -> new Test.MailFrom(use(in, Service.MAILADDR));
            case RCPT_TO -> new Test.RcptTo(use(in, Service.MAILADDR));
        };
    }

    private static TableRef use(Tokens in, Service service) throws Syntax {
        return TableRef.parsePatterns(in, service, Shape.EITHER);
    }

    private static Decision decision(Tokens in, Phase phase) throws Syntax {
        var at = in.position();
        var word = in.word(Decision.Word.class, "a decision");
        if (phase == Phase.COMMIT && (word == Decision.Word.JUNK || word == Decision.Word.BYPASS)) {
            throw in.error(at, Tokens.text(word) + " does not go with phase commit");
        }
        return switch (word) {
            case REJECT -> new Decision.Reject(reply(in));
            case DISCONNECT -> new Decision.Disconnect(reply(in));
            case REWRITE -> new Decision.Rewrite(in.text("the new argument"));
            case REPORT -> new Decision.Report(in.text("a text"));
            case JUNK -> new Decision.Junk();
            case BYPASS -> new Decision.Bypass();
        };
    }

    private static String reply(Tokens in) throws Syntax {
        var at = in.position();
        var reply = in.text("a reply");
        if (!REPLY.matcher(reply).matches() || !Tokens.isPlain(reply)) {
            throw in.error(
                    at, "a reply is a code from 400 to 599 and a text: \"550 not welcome here\"");
        }
        return reply;
    }
}
