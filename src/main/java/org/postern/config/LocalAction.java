package org.postern.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// An action that delivers on this machine.
///
///     local  = "mbox" | "maildir" [ path ] [ "junk" ] | "lmtp" destination [ "rcpt-to" ]
///            | "mda" command | "forward-only" | "expand-only"
///     option = "user" name | "alias" tables | "virtual" tables | "userbase" tables
///            | "wrapper" name
public record LocalAction(Position at, String name, Method method, List<Option> options)
        implements Action {

    public LocalAction {
        options = List.copyOf(options);
    }

    /// How a message reaches the user.
    public sealed interface Method {
        /// Appends to the user's file in the system's mail spool.
        record Mbox() implements Method {}

        /// Delivers into a Maildir; the path may hold format specifiers and begin with `~/`.
        record Maildir(String path, Junk junk) implements Method {
            /// The Maildir of a user when the action names none.
            public static final String DEFAULT_PATH = "~/Maildir";
        }

        /// Speaks LMTP with a neighbour: `/path`, `host` or `host:port`.
        record Lmtp(String destination, LmtpRecipient recipient) implements Method {}

        /// Runs a command of the administrator as the user, with the message as its input.
        record Mda(String command) implements Method {}

        /// Accepts only what aliases and forward files send to other hosts.
        record ForwardOnly() implements Method {}

        /// Accepts only what aliases and forward files expand to.
        record ExpandOnly() implements Method {}
    }

    /// Where a message marked as spam goes in a Maildir.
    public enum Junk {
        /// Where all others go.
        INBOX,
        /// To the folder `.Junk`.
        FOLDER
    }

    /// Who the recipient is in the LMTP dialogue.
    public enum LmtpRecipient {
        /// The local user.
        USER,
        /// The recipient's mailbox after expansion.
        MAILBOX
    }

    /// One option of a local action.
    public sealed interface Option permits Alias, Virtual, Userbase, User, Wrapped, Action.Ttl {
        /// The words that begin an option.
        enum Word {
            ALIAS,
            USER,
            USERBASE,
            VIRTUAL,
            WRAPPER
        }
    }

    /// The table that expands user names.
    public record Alias(TableRef table) implements Option {}

    /// The table that expands whole mailboxes.
    public record Virtual(TableRef table) implements Option {}

    /// The table that knows the users instead of the system's accounts.
    public record Userbase(TableRef table) implements Option {}

    /// The account as which every delivery runs.
    public record User(String name) implements Option {}

    /// The `mda wrapper` around the delivery command.
    public record Wrapped(NameRef wrapper) implements Option {}

    /// How recipients of this action are expanded; `Plain` if neither by alias nor by virtual
    /// table.
    public sealed interface Expansion {
        record Plain() implements Expansion {}

        record ByAlias(TableRef table) implements Expansion {}

        record ByVirtual(TableRef table) implements Expansion {}
    }

    /// How recipients of this action are expanded.
    public Expansion expansion() {
        for (Option option : options) {
            switch (option) {
                case Alias(var table) -> {
                    return new Expansion.ByAlias(table);
                }
                case Virtual(var table) -> {
                    return new Expansion.ByVirtual(table);
                }
                case Userbase _, User _, Wrapped _, Action.Ttl _ -> {}
            }
        }
        return new Expansion.Plain();
    }

    /// The table that knows the users; none means the accounts of the system.
    public Optional<TableRef> userbase() {
        return last(Userbase.class).map(Userbase::table);
    }

    /// The account as which every delivery runs, if not as the recipient.
    public Optional<String> user() {
        return last(User.class).map(User::name);
    }

    /// The name of the wrapper around the delivery command.
    public Optional<String> wrapper() {
        return last(Wrapped.class).map(Wrapped::wrapper).map(NameRef::name);
    }

    @Override
    public Optional<Duration> ttl() {
        return last(Action.Ttl.class).map(Action.Ttl::time);
    }

    /// Every use of a table.
    List<TableRef> references() {
        var references = new ArrayList<TableRef>();
        for (Option option : options) {
            switch (option) {
                case Alias(var table) -> references.add(table);
                case Virtual(var table) -> references.add(table);
                case Userbase(var table) -> references.add(table);
                case User _, Wrapped _, Action.Ttl _ -> {}
            }
        }
        return references;
    }

    private <T extends Option> Optional<T> last(Class<T> kind) {
        // Asked for every recipient: a loop, not a stream.
        for (int i = options.size() - 1; i >= 0; i--) {
            if (kind.isInstance(options.get(i))) {
                return Optional.of(kind.cast(options.get(i)));
            }
        }
        return Optional.empty();
    }

    /// Names are unique in a configuration, and actions are looked up for every recipient.
    @Override
    public int hashCode() {
        return name.hashCode();
    }

    /// The word that chooses the folder for spam.
    enum JunkWord {
        JUNK
    }

    /// The word that chooses the recipient of the LMTP dialogue.
    enum LmtpWord {
        RCPT_TO
    }

    /// Reads the rest of an action whose method is `word`.
    static LocalAction parse(Tokens in, Position at, String name, Action.Word word) throws Syntax {
        var method = method(in, word);
        var options = new ArrayList<Option>();
        Set<Option.Word> seen = EnumSet.noneOf(Option.Word.class);
        while (in.sees(Option.Word.class)) {
            options.add(option(in, method, seen));
        }
        Action.Ttl.parse(in, options);
        return new LocalAction(at, name, method, options);
    }

    private static Method method(Tokens in, Action.Word word) throws Syntax {
        return switch (word) {
            case EXPAND_ONLY -> new Method.ExpandOnly();
            case FORWARD_ONLY -> new Method.ForwardOnly();
            case MBOX -> new Method.Mbox();
            case MDA -> new Method.Mda(in.template("a command", Specifiers.Place.ACTION));
            case LMTP -> {
                var destination = in.text("an LMTP destination");
                yield new Method.Lmtp(
                        destination,
                        in.accepts(LmtpWord.class) ? LmtpRecipient.MAILBOX : LmtpRecipient.USER);
            }
            case MAILDIR -> {
                var path = in.seesString() ? path(in) : Method.Maildir.DEFAULT_PATH;
                yield new Method.Maildir(
                        path, in.accepts(JunkWord.class) ? Junk.FOLDER : Junk.INBOX);
            }
            case RELAY -> throw new IllegalStateException("relay is not a local method");
        };
    }

    private static String path(Tokens in) throws Syntax {
        var at = in.position();
        var path = in.template("a path", Specifiers.Place.ACTION);
        if (!path.startsWith("/") && !path.startsWith("~/") && !path.startsWith("%{")) {
            throw in.error(at, "expected an absolute path, or one that begins with ~/");
        }
        return path;
    }

    private static Option option(Tokens in, Method method, Set<Option.Word> seen) throws Syntax {
        var at = in.position();
        var word = in.word(Option.Word.class, "an option");
        if (word != Option.Word.WRAPPER && !seen.add(word)) {
            throw in.repeated(at, word);
        }
        if (seen.contains(Option.Word.ALIAS) && seen.contains(Option.Word.VIRTUAL)) {
            throw in.error(at, "alias and virtual exclude each other");
        }
        return switch (word) {
            case ALIAS -> new Alias(mapping(in, Service.ALIAS));
            case VIRTUAL -> new Virtual(mapping(in, Service.ALIAS));
            case USERBASE -> new Userbase(mapping(in, Service.USERINFO));
            case USER -> {
                if (!runsCommand(method) || method instanceof Method.Mbox) {
                    throw in.error(at, "user does not go with " + Tokens.text(wordOf(method)));
                }
                yield new User(in.text("the name of a user"));
            }
            case WRAPPER -> {
                // The others are done here and not by a command, so there is nothing to wrap.
                if (!(method instanceof Method.Mda)) {
                    throw in.error(at, "wrapper does not go with " + Tokens.text(wordOf(method)));
                }
                yield new Wrapped(in.reference("the name of a wrapper"));
            }
        };
    }

    private static TableRef mapping(Tokens in, Service service) throws Syntax {
        return TableRef.parse(in, service, TableRef.Shape.MAPPING);
    }

    private static boolean runsCommand(Method method) {
        return switch (method) {
            case Method.Mbox _, Method.Maildir _, Method.Lmtp _, Method.Mda _ -> true;
            case Method.ForwardOnly _, Method.ExpandOnly _ -> false;
        };
    }

    private static Action.Word wordOf(Method method) {
        return switch (method) {
            case Method.Mbox _ -> Action.Word.MBOX;
            case Method.Maildir _ -> Action.Word.MAILDIR;
            case Method.Lmtp _ -> Action.Word.LMTP;
            case Method.Mda _ -> Action.Word.MDA;
            case Method.ForwardOnly _ -> Action.Word.FORWARD_ONLY;
            case Method.ExpandOnly _ -> Action.Word.EXPAND_ONLY;
        };
    }
}
