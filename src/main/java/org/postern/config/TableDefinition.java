package org.postern.config;

import java.util.ArrayList;
import java.util.List;

/// A `table` directive, or a table written in place: a name and where the entries come from.
///
///     table name "/path" | file:/path | static:/path | db:/path | getpwnam | type [ :/path ]
///     table name { key [, key ...] }
///     table name { key = value [, key = value ...] }
public record TableDefinition(Position at, String name, Origin origin) implements Directive {

    /// Where the entries of a table come from.
    public sealed interface Origin {

        /// Keys, as they stand in the configuration.
        record Inline(List<Entry> entries) implements Origin {
            public Inline {
                entries = List.copyOf(entries);
            }
        }

        /// Keys with values, as they stand in the configuration.
        record InlineMapping(List<Pair> pairs) implements Origin {
            public InlineMapping {
                pairs = List.copyOf(pairs);
            }
        }

        /// A text file, named by its absolute path; its first line of data decides whether it is a
        /// list.
        record File(String path) implements Origin {}

        /// A constant database that `makemap` wrote, named by its absolute path.
        record Database(String path) implements Origin {}

        /// What another program or server answers: `sqlite`, `ldap`, or any other `table-type`.
        ///
        /// @param type what stands before the colon: letters, digits, `-` and `_`
        /// @param path the absolute path after the colon; empty if there is none
        record External(String type, String path) implements Origin {}

        /// The accounts of the system (`getpwnam`), which only the room `delivery` looks up.
        record Accounts() implements Origin {}
    }

    /// One key of a list.
    public record Entry(Position at, String key) {}

    /// One key and its value.
    ///
    /// @param at where the key stands
    /// @param valueAt where the value stands, or the macro that it comes from
    public record Pair(Position at, String key, Position valueAt, String value) {}

    /// The kinds of origin that are not written in place.
    enum Type {
        DB,
        /// Any type that is not one of the others.
        EXTERNAL,
        FILE,
        GETPWNAM,
        STATIC;

        static Type of(String text) {
            return switch (text) {
                case "db" -> DB;
                case "file" -> FILE;
                case "getpwnam" -> GETPWNAM;
                case "static" -> STATIC;
                default -> EXTERNAL;
            };
        }
    }

    /// The number of bytes a table's name may have.
    public static final int MAX_NAME = 2047;

    private static final int MAX_PATH = 4095;

    /// Reads the rest of a line that began with `table`.
    static TableDefinition parse(Tokens in) throws Syntax {
        var at = in.position();
        var name = in.declaredName("the name of a table");
        return new TableDefinition(at, name, in.sees('{') ? elements(in) : backend(in));
    }

    /// Reads a table where one is used, and gives its name; one written in place is declared under
    /// a name of its own.
    static String parseUse(Tokens in) throws Syntax {
        if (in.accepts('<')) {
            var name = in.string("the name of a table");
            in.expect('>', "'>' after the name of the table");
            return name;
        }
        var at = in.position();
        if (in.sees('{')) {
            return in.declareInPlace(at, elements(in));
        }
        var entry = new Entry(at, in.string("a table, a string or '{'"));
        return in.declareInPlace(at, new Origin.Inline(List.of(entry)));
    }

    private static Origin backend(Tokens in) throws Syntax {
        var at = in.position();
        var text = in.string("a path, file:/path, getpwnam or '{'");
        if (text.startsWith("/")) {
            return new Origin.File(path(in, at, text));
        }
        int colon = text.indexOf(':');
        var name = colon < 0 ? text : text.substring(0, colon);
        var type = Type.of(name);
        in.uses(at, type, "table type " + name);
        if (colon < 0) {
            return switch (type) {
                case GETPWNAM -> new Origin.Accounts();
                case EXTERNAL -> new Origin.External(name(in, at, name), "");
                case DB, FILE, STATIC ->
                        throw in.error(
                                at,
                                "table type "
                                        + name
                                        + " needs a path, as in "
                                        + name
                                        + ":/etc/mail/list");
            };
        }
        var path = path(in, at, text.substring(colon + 1));
        return switch (type) {
            case DB -> new Origin.Database(path);
            case FILE, STATIC -> new Origin.File(path);
            case GETPWNAM -> throw in.error(at, "getpwnam takes no path");
            case EXTERNAL -> new Origin.External(name(in, at, name), path);
        };
    }

    private static String path(Tokens in, Position at, String path) throws Syntax {
        if (!path.startsWith("/") || path.length() > MAX_PATH || !Tokens.isPlain(path)) {
            throw in.error(at, "expected an absolute path, found \"" + path + "\"");
        }
        return path;
    }

    private static String name(Tokens in, Position at, String type) throws Syntax {
        if (!type.matches("[A-Za-z0-9_-]{1,64}")) {
            throw in.error(at, "expected a path, a table type or '{', found \"" + type + '"');
        }
        return type;
    }

    /// Reads a list or a mapping in braces; the first element decides which it is.
    ///
    ///     elems = list | map
    ///     list  = string { [ "," ] string }
    ///     map   = pair { [ "," ] pair }
    ///     pair  = string ( "=" | "=>" ) string
    private static Origin elements(Tokens in) throws Syntax {
        in.expect('{', "'{'");
        in.skipNewlines();
        var at = in.position();
        var first = in.string("a string");
        if (in.acceptsArrow()) {
            return mapping(in, new Pair(at, first, in.position(), in.string("a value")));
        }
        var entries = new ArrayList<Entry>();
        entries.add(new Entry(at, first));
        while (in.separated()) {
            entries.add(new Entry(in.position(), in.string("a string")));
        }
        return new Origin.Inline(entries);
    }

    private static Origin mapping(Tokens in, Pair first) throws Syntax {
        var pairs = new ArrayList<Pair>();
        pairs.add(first);
        while (in.separated()) {
            var at = in.position();
            var key = in.string("a key");
            in.expectArrow();
            pairs.add(new Pair(at, key, in.position(), in.string("a value")));
        }
        return new Origin.InlineMapping(pairs);
    }
}
