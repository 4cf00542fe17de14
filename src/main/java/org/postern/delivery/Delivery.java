package org.postern.delivery;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.postern.config.Config;
import org.postern.config.LocalAction;
import org.postern.config.LocalAction.Junk;
import org.postern.config.LocalAction.Method;
import org.postern.config.Wrapper;
import org.postern.mail.EnhancedStatus;
import org.postern.mail.Envelope;
import org.postern.mail.Outcome;
import org.postern.mail.Share;
import org.postern.mail.Share.Destination;
import org.postern.mail.Share.Destination.Kind;
import org.postern.table.Answer;
import org.postern.table.TableSet;

/// One attempt at a local envelope: finds the action, the user and what is to be done, and does it
/// as that user.
///
/// What it finds wrong with the configuration defers: a slip of the pen must not bounce mail.
final class Delivery {
    /// The account that commands and files of alias tables belong to, unless the action has `user`.
    /// Never the account of a room: a command could trace the room, or signal it.
    static final String ALIAS_ACCOUNT = "nobody";

    private static final Outcome STORED =
            new Outcome.Delivered(new EnhancedStatus(2, 0, 0), "Delivered", Outcome.Onward.HOME);
    private static final EnhancedStatus LOOP = new EnhancedStatus(5, 4, 6);
    private static final EnhancedStatus NO_USER = new EnhancedStatus(5, 1, 1);
    private static final EnhancedStatus USER_UNSURE = new EnhancedStatus(4, 1, 0);
    private static final EnhancedStatus NOT_ALLOWED = new EnhancedStatus(5, 3, 0);

    private final TableSet tables;
    private final Means means;
    private final Envelope envelope;
    private final Source source;

    Delivery(TableSet tables, Means means, Envelope envelope, Source source) {
        this.tables = tables;
        this.means = means;
        this.envelope = envelope;
        this.source = source;
    }

    /// What is to be done for a user.
    private sealed interface Deed {
        /// The action's own method.
        record Own() implements Deed {}

        /// A command that the user or the administrator named.
        record Run(String command) implements Deed {}

        /// A file that the user or the administrator named.
        record AppendTo(String path) implements Deed {}

        static Deed of(Kind kind, String text) {
            return switch (kind) {
                case COMMAND -> new Run(text);
                case FILE -> new AppendTo(text);
            };
        }
    }

    /// For whom something is done.
    ///
    /// @param who as whom it is done
    /// @param user whom the envelope is for
    /// @param extension the sub-address, or empty
    private record Addressee(LocalUser who, LocalUser user, String extension) {}

    /// Is the share for a user, by an action that this room has to carry out? The queue has made
    /// sure of that by its own configuration, which may be another one for a moment.
    static boolean knows(Config config, Share share) {
        if (!(config.action(share.action()).orElse(null) instanceof LocalAction action)) {
            return false;
        }
        return switch (share.destination()) {
            case Destination.Account _ -> !(action.method() instanceof Method.Lmtp);
            case Destination.Sealed _, Destination.Listed _ -> true;
            case Destination.Remote(), Destination.Unrouted() -> false;
        };
    }

    /// Does it go into a Maildir, so that it may be tried together with others? Likewise.
    static boolean keepsCompany(Config config, Share share) {
        return share.destination() instanceof Destination.Account
                && config.action(share.action()).orElse(null) instanceof LocalAction action
                && action.method() instanceof Method.Maildir;
    }

    /// How far a delivery has come.
    private sealed interface Step {
        /// It is over.
        record Over(Outcome outcome) implements Step {}

        /// It has still to be put into a Maildir, perhaps with others.
        record Putting(LocalUser who, MaildirRounds.Post post) implements Step {}
    }

    /// What came of the attempt at an envelope.
    record Done(Envelope envelope, Outcome outcome) {}

    /// Makes these attempts, in their order but for the letters to Maildirs, which are put there
    /// together.
    ///
    /// @throws ContentLost if the content of one did not come whole: there is no outcome
    static List<Done> all(List<Delivery> deliveries, Means means) throws ContentLost {
        var steps = new ArrayList<Step>(deliveries.size());
        var posts = new ArrayList<MaildirRounds.Post>(deliveries.size());
        for (var delivery : deliveries) {
            var step = delivery.begin();
            steps.add(step);
            if (step instanceof Step.Putting(_, var post)) {
                posts.add(post);
            }
        }
        means.maildirs().put(posts);
        var all = new ArrayList<Done>(deliveries.size());
        for (int i = 0; i < deliveries.size(); i++) {
            all.add(new Done(deliveries.get(i).envelope, end(steps.get(i))));
        }
        return all;
    }

    private static Outcome end(Step step) throws ContentLost {
        return switch (step) {
            case Step.Over(var outcome) -> outcome;
            case Step.Putting(var who, var post) -> {
                try {
                    post.outcome();
                    yield STORED;
                } catch (IOException e) {
                    yield outcome(e, who);
                }
            }
        };
    }

    private static Outcome outcome(IOException e, LocalUser who) throws ContentLost {
        return switch (e) {
            case ContentLost lost -> throw lost;
            case FileTrouble trouble ->
                    Trouble.deferred(trouble.reason(), String.valueOf(trouble.getMessage()));
            default -> Trouble.deferred(e, Trouble.reason(e) + " (as " + who.ids() + ")");
        };
    }

    private static Step over(Outcome outcome) {
        return new Step.Over(outcome);
    }

    /// Makes the attempt, as far as it can be made alone.
    private Step begin() throws ContentLost {
        var name = envelope.share().action();
        if (!(tables.config().action(name).orElse(null) instanceof LocalAction action)) {
            return over(Trouble.deferred("no local action \"" + name + '"'));
        }
        return switch (envelope.share().destination()) {
            case Destination.Account(var user, var extension) -> account(action, user, extension);
            case Destination.Sealed sealed -> sealed(action, sealed);
            case Destination.Listed listed -> listed(action, listed);
            case Destination.Remote _, Destination.Unrouted _ ->
                    over(Trouble.deferred("not for a user of this machine"));
        };
    }

    private Step account(LocalAction action, String name, String extension) throws ContentLost {
        return switch (means.users().find(tables, action, name)) {
            case Answer.Found<LocalUser>(var user) -> asActionSays(action, user, extension);
            case Answer.Absent<LocalUser>() ->
                    over(new Outcome.Failed(NO_USER, "Permanent failure in user lookup", ""));
            case Answer.Failed<LocalUser>(var cause) -> unsure(cause);
        };
    }

    private static Step unsure(String cause) {
        return over(
                new Outcome.Deferred(
                        USER_UNSURE, "Temporary failure in user lookup (" + cause + ")", ""));
    }

    private Step asActionSays(LocalAction action, LocalUser user, String extension)
            throws ContentLost {
        if (action.user().isEmpty()) {
            return deliver(action, new Addressee(user, user, extension), new Deed.Own());
        }
        var other = account(action.user().get());
        return other instanceof Answer.Found<LocalUser>(var who)
                ? deliver(action, new Addressee(who, user, extension), new Deed.Own())
                : over(Trouble.deferred(noAccount(action.user().get(), other)));
    }

    private Answer<LocalUser> account(String name) {
        return means.users().system(name);
    }

    private static String noAccount(String name, Answer<LocalUser> answer) {
        return answer instanceof Answer.Failed<LocalUser>(var cause)
                ? "Temporary failure in user lookup (" + cause + ")"
                : "delivery user '" + name + "' does not exist";
    }

    /// What a forward file names is done as its owner, even if the action runs all else as another
    /// by now.
    private Step sealed(LocalAction action, Destination.Sealed sealed) throws ContentLost {
        return switch (means.users().find(tables, action, sealed.user())) {
            case Answer.Found<LocalUser>(var user) -> {
                var owner = new Seals.Owner(action.name(), user.name(), user.uid());
                var text = means.seals().open(owner, sealed.kind(), sealed.seal());
                yield text.isEmpty()
                        ? over(
                                Trouble.deferred(
                                        "the seal over what a forward file named is not ours"))
                        : deliver(
                                action,
                                new Addressee(user, user, ""),
                                Deed.of(sealed.kind(), text.get()));
            }
            case Answer.Absent<LocalUser>() ->
                    over(new Outcome.Failed(NO_USER, "Permanent failure in user lookup", ""));
            case Answer.Failed<LocalUser>(var cause) -> unsure(cause);
        };
    }

    private Step listed(LocalAction action, Destination.Listed listed) throws ContentLost {
        var where = "alias " + listed.key() + " of table " + listed.table();
        switch (Listing.find(tables, action, listed)) {
            case Answer.Found<String>(var text) -> {
                var name = action.user().orElse(ALIAS_ACCOUNT);
                var account = account(name);
                return account instanceof Answer.Found<LocalUser>(var who)
                        ? deliver(action, new Addressee(who, who, ""), Deed.of(listed.kind(), text))
                        : over(Trouble.deferred(noAccount(name, account)));
            }
            case Answer.Absent<String>() -> {
                return over(Trouble.deferred(where + " no longer names what it named"));
            }
            case Answer.Failed<String>(var cause) -> {
                return over(Trouble.deferred(where + ": " + cause));
            }
        }
    }

    private Step deliver(LocalAction action, Addressee to, Deed deed) throws ContentLost {
        boolean mbox = deed instanceof Deed.Own && action.method() instanceof Method.Mbox;
        // A room that is nobody but itself gives root nothing that it did not have.
        boolean asRoot = to.who().isRoot() && means.reach() instanceof Means.Reach.Everyone;
        if (asRoot && !mbox) {
            return over(
                    new Outcome.Failed(
                            NOT_ALLOWED, "MDA not allowed to deliver to: " + to.who().name(), ""));
        }
        if (!means.reach().reaches(to.who().uid())) {
            return over(
                    Trouble.deferred(
                            "this server does not run as root: it cannot deliver as "
                                    + to.who().ids()));
        }
        var letter = Letter.of(envelope, source);
        if (letter.loops()) {
            return over(new Outcome.Failed(LOOP, "Loop detected", ""));
        }
        try {
            return switch (deed) {
                case Deed.Own() -> byMethod(action, to, letter);
                case Deed.Run(var command) -> over(run(action, to, command, letter));
                case Deed.AppendTo(var path) -> over(append(to, path, letter));
            };
        } catch (IOException e) {
            return over(outcome(e, to.who()));
        }
    }

    private Step byMethod(LocalAction action, Addressee to, Letter letter) throws IOException {
        return switch (action.method()) {
            case Method.Mbox() -> {
                means.spool().append(to.who(), letter);
                yield over(STORED);
            }
            case Method.Maildir(var path, var junk) ->
                    action.wrapper().isPresent()
                            ? over(Trouble.deferred("a wrapper does not go with maildir"))
                            : maildir(to, path, junk, letter);
            case Method.Mda(var command) -> over(run(action, to, command, letter));
            case Method.Lmtp _ -> over(Trouble.deferred("LMTP is not for this room"));
            case Method.ForwardOnly _, Method.ExpandOnly _ ->
                    over(Trouble.deferred("action \"" + action.name() + "\" delivers to nobody"));
        };
    }

    private Step maildir(Addressee to, String template, Junk junk, Letter letter)
            throws IOException {
        return switch (Template.path(template, values(to))) {
            case Template.Expansion.Malformed(var why) -> over(Trouble.deferred(why));
            case Template.Expansion.Text(var text) -> {
                var folder =
                        junk == Junk.FOLDER && letter.isMarkedAsSpam()
                                ? new Maildir.Folder.Made(".Junk")
                                : Maildir.Folder.of(to.extension());
                yield new Step.Putting(
                        to.who(),
                        new MaildirRounds.Post(
                                path(text), to.who(), new Maildir.Turn(letter, folder)));
            }
        };
    }

    /// The configuration is bytes; a path is text in UTF-8.
    private static Path path(String bytes) throws IOException {
        try {
            return Path.of(
                    new String(
                            bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8));
        } catch (InvalidPathException e) {
            throw new IOException("not a path: " + e.getReason(), e);
        }
    }

    private Outcome append(Addressee to, String template, Letter letter) throws IOException {
        // What a forward file or alias names is a path as it stands; only `~/` is short for home.
        var file = template.startsWith("~/") ? to.user().home() + template.substring(1) : template;
        if (file.equals("/dev/null")) {
            return STORED;
        }
        means.mailbox().append(path(file), to.who(), MailboxFile.Owner.ANYONE, letter);
        return STORED;
    }

    private Outcome run(LocalAction action, Addressee to, String command, Letter letter)
            throws IOException {
        return expanded(
                Template.command(command, values(to)),
                line -> wrapped(action, to, line),
                line -> means.commands().run(order(to, line), letter));
    }

    private interface Running {
        Outcome run(String line) throws IOException;
    }

    private static Outcome expanded(
            Template.Expansion inner,
            Function<String, Template.Expansion> wrapping,
            Running running)
            throws IOException {
        return switch (inner) {
            case Template.Expansion.Malformed(var why) -> Trouble.deferred(why);
            case Template.Expansion.Text(var text) ->
                    switch (wrapping.apply(text)) {
                        case Template.Expansion.Malformed(var why) -> Trouble.deferred(why);
                        case Template.Expansion.Text(var line) -> running.run(line);
                    };
        };
    }

    /// The command within the action's wrapper, if it has one: there it is three words, so that a
    /// wrapper may pass it on as its arguments whatever it holds.
    private Template.Expansion wrapped(LocalAction action, Addressee to, String command) {
        if (action.wrapper().isEmpty()) {
            return new Template.Expansion.Text(command);
        }
        var name = action.wrapper().get();
        Wrapper wrapper = tables.config().wrappers().get(name);
        if (wrapper == null) {
            return new Template.Expansion.Malformed("no wrapper \"" + name + '"');
        }
        var words = "/bin/sh -c '" + command.replace("'", "'\\''") + '\'';
        return Template.command(wrapper.command(), values(to).around(words));
    }

    private Commands.Order order(Addressee to, String line) throws IOException {
        var who = to.who();
        return new Commands.Order(
                line,
                who,
                directory(who),
                Surroundings.of(envelope, who.home(), to.user().name(), to.extension()));
    }

    /// The home of `who`, or `/` if it cannot be entered.
    private Path directory(LocalUser who) throws IOException {
        var home = path(who.home());
        boolean enters =
                means.asUser()
                        .call(
                                who.identity(),
                                () -> {
                                    try {
                                        Files.readAttributes(home.resolve("."), "unix:mode");
                                        return true;
                                    } catch (IOException e) {
                                        return false;
                                    }
                                });
        return enters ? home : Path.of("/");
    }

    private Template.Values values(Addressee to) {
        return new Template.Values(
                envelope.message().sender().toString(),
                envelope.share().originalRecipient().toString(),
                envelope.share().recipient().toString(),
                to.user().name(),
                to.user().home(),
                "",
                tables.config().settings().subAddressDelimiter());
    }
}
