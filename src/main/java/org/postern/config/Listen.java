package org.postern.config;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A `listen on` directive: where clients may connect, and how they are received.
///
///     listen  = "listen" "on" ( "socket" { sockopt } | target { ifopt } )
///     sockopt = "mask-src" | "no-dsn" | "tag" string
///     ifopt   = sockopt | "inet4" | "inet6" | "hostname" name
///             | "port" ( number | name | "smtp" | "smtps" )
public record Listen(Position at, Place place, List<Option> options) implements Directive {

    public Listen {
        options = List.copyOf(options);
    }

    /// Where to listen.
    public sealed interface Place {
        /// The local submission socket, which is there even without a directive.
        record Socket() implements Place {}

        /// An interface, an address or a host name, in this order; the server resolves it.
        record Network(String target) implements Place {}
    }

    /// Which addresses of the target are meant.
    public enum Family {
        ANY,
        INET4,
        INET6
    }

    /// One option of a listener.
    public sealed interface Option {
        /// The words that begin an option.
        enum Word {
            AUTH,
            AUTH_OPTIONAL,
            CA,
            CIPHERS,
            FILTER,
            HOSTNAME,
            HOSTNAMES,
            INET4,
            INET6,
            MASK_SRC,
            NO_DSN,
            PKI,
            PORT,
            PROTOCOLS,
            PROXY_V2,
            RECEIVED_AUTH,
            SENDERS,
            SMTPS,
            TAG,
            TLS,
            TLS_REQUIRE
        }

        /// Only addresses of this family.
        record Only(Family family) implements Option {}

        /// The TCP port, 1 to 65535.
        record Port(int number) implements Option {
            public Port {
                if (number < 1 || number > 65535) {
                    throw new IllegalArgumentException("port " + number);
                }
            }
        }

        /// The name in the greeting and in Received.
        record Hostname(String name) implements Option {}

        /// A mark on the sessions, for matches to ask for; at most 32 bytes.
        record Tag(String text) implements Option {}

        /// Received says nothing of the client.
        record MaskSource() implements Option {}

        /// DSN (RFC 3461) is not offered.
        record NoDsn() implements Option {}
    }

    /// The TCP port where nothing else is said.
    public static final int SMTP_PORT = 25;

    /// The number of bytes a tag may have.
    public static final int MAX_TAG = 32;

    /// The TCP port.
    public int port() {
        return option(Option.Port.class).map(Option.Port::number).orElse(SMTP_PORT);
    }

    /// Which addresses of the target are meant.
    public Family family() {
        return option(Option.Only.class).map(Option.Only::family).orElse(Family.ANY);
    }

    /// The name in the greeting, if not the server's.
    public Optional<String> hostname() {
        return option(Option.Hostname.class).map(Option.Hostname::name);
    }

    /// The mark on the sessions; empty if there is none.
    public String tag() {
        return option(Option.Tag.class).map(Option.Tag::text).orElse("");
    }

    /// Whether Received is to say nothing of the client.
    public boolean masksSource() {
        return option(Option.MaskSource.class).isPresent();
    }

    /// Whether DSN (RFC 3461) is offered.
    public boolean offersDsn() {
        return option(Option.NoDsn.class).isEmpty();
    }

    private <T extends Option> Optional<T> option(Class<T> kind) {
        // Asked for every session: a loop, not a stream.
        for (var option : options) {
            if (kind.isInstance(option)) {
                return Optional.of(kind.cast(option));
            }
        }
        return Optional.empty();
    }

    /// The word after `listen`.
    enum On {
        ON
    }

    /// The word for the local socket.
    enum SocketWord {
        SOCKET
    }

    /// The names of ports that are reserved words.
    enum PortWord {
        SMTP,
        SMTPS
    }

    /// Reads the rest of a line that began with `listen`.
    static Listen parse(Tokens in, Position at) throws Syntax {
        in.word(On.class, "on");
        Place place =
                in.accepts(SocketWord.class)
                        ? new Place.Socket()
                        : new Place.Network(in.text("socket, an interface, address or host name"));
        var options = new ArrayList<Option>();
        Set<Option.Word> seen = EnumSet.noneOf(Option.Word.class);
        while (in.sees(Option.Word.class)) {
            options.add(option(in, place, seen));
        }
        return new Listen(at, place, options);
    }

    private static Option option(Tokens in, Place place, Set<Option.Word> seen) throws Syntax {
        var at = in.position();
        var word = in.word(Option.Word.class, "an option of listen");
        if (!seen.add(word)) {
            throw in.repeated(at, word);
        }
        if (seen.contains(Option.Word.INET4) && seen.contains(Option.Word.INET6)) {
            throw in.error(at, "inet4 and inet6 exclude each other");
        }
        var option = option(in, at, word);
        if (place instanceof Place.Socket
                && (option instanceof Option.Only
                        || option instanceof Option.Port
                        || option instanceof Option.Hostname)) {
            throw in.error(at, Tokens.text(word) + " does not go with socket");
        }
        return option;
    }

    private static Option option(Tokens in, Position at, Option.Word word) throws Syntax {
        return switch (word) {
            case INET4 -> new Option.Only(Family.INET4);
            case INET6 -> new Option.Only(Family.INET6);
            case HOSTNAME -> new Option.Hostname(in.hostName("a host name"));
            case MASK_SRC -> new Option.MaskSource();
            case NO_DSN -> new Option.NoDsn();
            case PORT -> new Option.Port(in.port());
            case TAG -> new Option.Tag(tag(in));
            case AUTH,
                    AUTH_OPTIONAL,
                    CA,
                    CIPHERS,
                    FILTER,
                    HOSTNAMES,
                    PKI,
                    PROTOCOLS,
                    PROXY_V2,
                    RECEIVED_AUTH,
                    SENDERS,
                    SMTPS,
                    TLS,
                    TLS_REQUIRE ->
                    throw in.unsupported(at, word);
        };
    }

    private static String tag(Tokens in) throws Syntax {
        var at = in.position();
        var tag = in.text("a tag");
        if (tag.length() > MAX_TAG) {
            throw in.error(at, "a tag has at most " + MAX_TAG + " characters");
        }
        return tag;
    }
}
