package org.postern.front.route;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postern.config.LocalAction;
import org.postern.mail.Mailbox;
import org.postern.mail.Share;

/// A point of an expansion: a mailbox, a user, a command, a file or a refusal, and how it was
/// reached. Belongs to the thread that expands.
final class Node {
    /// What stands at a point; the order of the records is the order of expansion among siblings.
    sealed interface Value {
        /// A user name or alias, in lower case, the sub-address still attached.
        record Name(LocalAction action, String name) implements Value {}

        /// A command or a file.
        record Program(
                LocalAction action, Share.Destination.Kind kind, Share.Destination destination)
                implements Value {}

        /// A mailbox, for which the ruleset is asked anew.
        record Address(Mailbox mailbox) implements Value {}

        /// A refusal.
        record Refusal(LocalAction action, int code, String text) implements Value {}

        /// The place of this kind among siblings.
        default int rank() {
            return switch (this) {
                case Name _ -> 0;
                case Program(_, var kind, _) -> kind == Share.Destination.Kind.FILE ? 1 : 2;
                case Address _ -> 3;
                case Refusal _ -> 4;
            };
        }

        /// What siblings of a kind are ordered by, and how a step of the trail names it.
        default String text() {
            return switch (this) {
                case Name(_, var name) -> name;
                case Program(_, var kind, _) ->
                        kind == Share.Destination.Kind.FILE ? "a file" : "a command";
                case Address(var mailbox) -> mailbox.toString();
                case Refusal(_, var code, var text) -> code + " " + text;
            };
        }
    }

    /// Does a user name stand right below the same user name?
    enum Kinship {
        SAME_USER,
        OTHER
    }

    /// What makes two points the same: all of it is fixed when the point is made. Two points below
    /// different mailboxes are different, since different rules may hold for them.
    record Key(int mailbox, Kinship kinship, Value value) {}

    /// Null for the recipient itself, which has no parent.
    private final @Nullable Node parent;

    private final int number;
    private final Value value;
    private final int depth;

    /// The user whose forward file was followed from here, or empty.
    private String followed = "";

    private Node(@Nullable Node parent, int number, Value value, int depth) {
        this.parent = parent;
        this.number = number;
        this.value = value;
        this.depth = depth;
    }

    /// The recipient, from which all expansion begins.
    static Node root(Mailbox recipient) {
        return new Node(null, 0, new Value.Address(recipient), 0);
    }

    /// The point that is reached from here by `value`, the one with this number in the expansion.
    Node child(int childNumber, Value childValue) {
        return new Node(this, childNumber, childValue, depth + 1);
    }

    /// The same point, a rewritten sender no longer but the sender itself.
    Node undone(int otherNumber, Mailbox sender) {
        return new Node(this, otherNumber, new Value.Address(sender), depth);
    }

    Value value() {
        return value;
    }

    /// What a log names: the mailbox or the user, and for a command, a file or a refusal the one
    /// that it was found with.
    String member() {
        return switch (value) {
            case Value.Name _, Value.Address _ -> value.text();
            case Value.Program _, Value.Refusal _ ->
                    parent == null ? value.text() : parent.value.text();
        };
    }

    int depth() {
        return depth;
    }

    Provenance provenance() {
        return parent == null ? Provenance.CLIENT : Provenance.EXPANSION;
    }

    /// Remembers that the forward file of `user` has been followed from here.
    void follow(String user) {
        followed = user;
    }

    boolean hasFollowed() {
        return !followed.isEmpty();
    }

    /// The user that the point above stands for, if its forward file led here.
    Optional<String> forwarder() {
        return parent == null || !parent.hasFollowed()
                ? Optional.empty()
                : Optional.of(parent.followed);
    }

    Kinship kinship() {
        return parent != null
                        && value instanceof Value.Name(_, var name)
                        && parent.value instanceof Value.Name(_, var above)
                        && name.equals(above)
                ? Kinship.SAME_USER
                : Kinship.OTHER;
    }

    Key key() {
        return new Key(parent == null ? -1 : parent.nearestMailbox().number, kinship(), value);
    }

    /// The mailbox that this point was expanded from last: the point itself, if it is one.
    Mailbox mailbox() {
        return nearestMailbox().value instanceof Value.Address(var mailbox)
                ? mailbox
                : unreachable();
    }

    private static Mailbox unreachable() {
        throw new IllegalStateException("an expansion that does not begin with a mailbox");
    }

    private Node nearestMailbox() {
        var node = this;
        while (!(node.value instanceof Value.Address) && node.parent != null) {
            node = node.parent;
        }
        return node;
    }

    /// Has `user`, reached from here, already been left behind on the way here? Then the expansion
    /// goes in a circle. A forward file that names its own user means the mailbox, and is none.
    boolean leadsBackTo(String user) {
        var node = this;
        while (node != null && node.followed.equals(user)) {
            node = node.parent;
        }
        while (node != null && !node.followed.equals(user)) {
            node = node.parent;
        }
        return node != null;
    }
}
