package org.postern.config;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A `proc` directive: a program that runs beside the server and filters what it is told.
///
///     proc    = "proc" name command { option }
///     option  = "user" name | "group" name | "chroot" path | "bypass"
///
/// @param command a shell command; one that does not begin with `/` is looked for in the directory of
///   the server's own programs
public record FilterProcess(Position at, String name, String command, List<Option> options)
        implements Directive {

    public FilterProcess {
        options = List.copyOf(options);
    }

    /// As whom and where the program runs.
    public sealed interface Option {
        /// The words that begin an option.
        enum Word {
            BYPASS,
            CHROOT,
            GROUP,
            USER
        }

        /// The account.
        record User(Position at, String name) implements Option {}

        /// The group, if not the account's own.
        record Group(Position at, String name) implements Option {}

        /// The directory that is its root.
        record Chroot(Position at, String path) implements Option {}

        /// While the program is away, what it would be asked passes.
        record Bypass() implements Option {}
    }

    /// Which sessions a program has to do with.
    public enum Side {
        SMTP_IN("smtp-in"),
        SMTP_OUT("smtp-out");

        private final String word;

        Side(String word) {
            this.word = word;
        }

        /// The word of the filter protocol.
        public String word() {
            return word;
        }
    }

    /// What makes one program another: programs with the same key are the same one.
    public record Key(
            String name,
            String command,
            String user,
            String group,
            String chroot,
            Set<Side> sides) {
        public Key {
            sides = Set.copyOf(sides);
        }

        /// The same as a text, in which nothing is ambiguous.
        public String text() {
            var words = sides.stream().map(Side::word).sorted().toList();
            return String.join("\0", name, command, user, group, chroot, String.join(",", words));
        }
    }

    /// The key of this program, which has to do with these sessions.
    Key key(Set<Side> sides) {
        return new Key(
                name, command, user().orElse(""), group().orElse(""), chroot().orElse(""), sides);
    }

    /// Does what the program would be asked pass while it is away?
    public boolean isBypassed() {
        return options.stream().anyMatch(Option.Bypass.class::isInstance);
    }

    /// The account it runs as; none means the server's own.
    public Optional<String> user() {
        return option(Option.User.class).map(Option.User::name);
    }

    /// The group it runs as; none means the account's.
    public Optional<String> group() {
        return option(Option.Group.class).map(Option.Group::name);
    }

    /// The directory that is its root, if it has one of its own.
    public Optional<String> chroot() {
        return option(Option.Chroot.class).map(Option.Chroot::path);
    }

    private <T extends Option> Optional<T> option(Class<T> kind) {
        return options.stream().filter(kind::isInstance).map(kind::cast).findFirst();
    }

    /// Reads the rest of a line that began with `proc`.
    static FilterProcess parse(Tokens in) throws Syntax {
        var at = in.position();
        var name = in.declaredName("the name of a program");
        return parse(in, at, name);
    }

    /// Reads the command of a program and its options.
    static FilterProcess parse(Tokens in, Position at, String name) throws Syntax {
        var command = in.text("a command");
        var options = new ArrayList<Option>();
        Set<Option.Word> seen = EnumSet.noneOf(Option.Word.class);
        while (in.sees(Option.Word.class)) {
            var place = in.position();
            var word = in.word(Option.Word.class, "an option");
            if (!seen.add(word)) {
                throw in.repeated(place, word);
            }
            options.add(
                    switch (word) {
                        case USER -> new Option.User(in.position(), in.text("a user"));
                        case GROUP -> new Option.Group(in.position(), in.text("a group"));
                        case BYPASS -> new Option.Bypass();
                        case CHROOT -> new Option.Chroot(in.position(), in.path("a directory"));
                    });
        }
        return new FilterProcess(at, name, command, options);
    }
}
