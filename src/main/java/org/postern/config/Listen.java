package org.postern.config;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A `listen on` directive: where clients may connect, and how they are received.
///
///     listen  = "listen" "on" ( "socket" { sockopt } | target { ifopt } )
///     sockopt = "filter" filters | "mask-src" | "no-dsn" | "tag" string
///     ifopt   = sockopt | "inet4" | "inet6" | "port" ( number | name | "smtp" | "smtps" )
///             | "tls" | "tls-require" [ "verify" ] | "smtps" [ "verify" ]
///             | "pki" name | "ca" name | "ciphers" string | "protocols" string
///             | "auth" [ tables ] | "auth-optional" [ tables ] | "senders" tables [ "masquerade" ]
///             | "hostname" name | "hostnames" tables | "received-auth"
///             | "proxy-v2" [ "from" tables ] | "xclient" tables | "auth-without-tls"
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

    /// How TLS begins.
    public enum Security {
        /// With STARTTLS (RFC 3207), if the client wants.
        TLS,
        /// With STARTTLS, before there is any mail.
        TLS_REQUIRE,
        /// At once, before the greeting.
        SMTPS
    }

    /// Whether clients have to show a certificate.
    public enum ClientCertificate {
        UNASKED,
        REQUIRED
    }

    /// Whether clients have to authenticate before there is any mail.
    public enum Demand {
        REQUIRED,
        OPTIONAL
    }

    /// Who may authenticate.
    public sealed interface Logins {
        /// The accounts of the system.
        record Accounts() implements Logins {}

        /// Those that a table holds, with their passwords.
        record Listed(TableRef table) implements Logins {}
    }

    /// Which clients are believed when they say for whom they speak.
    public sealed interface Proxies {
        /// Those on this machine.
        record OfThisMachine() implements Proxies {}

        /// Those whose address a table holds.
        record Listed(TableRef table) implements Proxies {}
    }

    /// What becomes of the From field of a message whose sender was checked.
    public enum Masquerade {
        /// It stays.
        NONE,
        /// Its mailboxes become the reverse-path.
        FROM_FIELD
    }

    /// One option of a listener.
    public sealed interface Option {
        /// The words that begin an option.
        enum Word {
            AUTH,
            AUTH_OPTIONAL,
            AUTH_WITHOUT_TLS,
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
            TLS_REQUIRE,
            XCLIENT
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

        /// The names in the greeting and in Received, by the address that is listened on.
        record Hostnames(TableRef table) implements Option {}

        /// TLS, and what is asked of clients.
        record Secured(Position at, Security security, ClientCertificate certificate)
                implements Option {}

        /// A certificate and key for TLS; the first is shown to clients that ask for no name.
        record Key(NameRef pki) implements Option {}

        /// The authorities that vouch for clients' certificates instead of the system's.
        record Trust(NameRef authority) implements Option {}

        /// The ciphers, if not those of `smtp ciphers`.
        record Encrypting(Position at, Ciphers ciphers) implements Option {}

        /// The versions of TLS.
        record Speaking(Position at, Protocols protocols) implements Option {}

        /// AUTH (RFC 4954) is offered inside TLS.
        record Authenticating(Position at, Demand demand, Logins logins) implements Option {}

        /// AUTH is offered without TLS to clients on this machine.
        record AuthenticatingWithoutTls(Position at) implements Option {}

        /// Authenticated clients may only send as the mailboxes that the table lists for them.
        record Senders(TableRef table, Masquerade masquerade) implements Option {}

        /// Received says who was authenticated.
        record ReceivedAuth() implements Option {}

        /// Clients are proxies that say, in the PROXY protocol, for whom they speak.
        record ProxyProtocol(Proxies proxies) implements Option {}

        /// Clients whose address is in the table may say, by XCLIENT, for whom they speak.
        record Speakers(TableRef table) implements Option {}

        /// The filters of the sessions.
        record Filtered(NameRef filter) implements Option {}

        /// A mark on the sessions, for matches to ask for; at most 32 bytes.
        record Tag(String text) implements Option {}

        /// Received says nothing of the client.
        record MaskSource() implements Option {}

        /// DSN (RFC 3461) is not offered.
        record NoDsn() implements Option {}
    }

    /// The TCP port where nothing else is said.
    public static final int SMTP_PORT = 25;

    /// The TCP port where nothing else is said but `smtps`.
    public static final int SMTPS_PORT = 465;

    /// The number of certificates a listener may have.
    public static final int MAX_KEYS = 32;

    /// The number of bytes a tag may have.
    public static final int MAX_TAG = 32;

    /// The TCP port.
    public int port() {
        return option(Option.Port.class)
                .map(Option.Port::number)
                .orElse(
                        security()
                                .filter(Security.SMTPS::equals)
                                .map(_ -> SMTPS_PORT)
                                .orElse(SMTP_PORT));
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

    /// The names in the greeting, by the address that is listened on.
    public Optional<TableRef> hostnames() {
        return option(Option.Hostnames.class).map(Option.Hostnames::table);
    }

    /// How TLS begins, if it is spoken at all.
    public Optional<Security> security() {
        return option(Option.Secured.class).map(Option.Secured::security);
    }

    /// Whether clients have to show a certificate.
    public ClientCertificate clientCertificate() {
        return option(Option.Secured.class)
                .map(Option.Secured::certificate)
                .orElse(ClientCertificate.UNASKED);
    }

    /// The names of the `pki` of this listener, in lower case; the first is the one for clients
    /// that ask for no name.
    public List<String> keys() {
        return options.stream()
                .filter(Option.Key.class::isInstance)
                .map(option -> ((Option.Key) option).pki().name())
                .toList();
    }

    /// The name of the `ca` that is trusted instead of the system's, in lower case.
    public Optional<String> authority() {
        return option(Option.Trust.class).map(trust -> trust.authority().name());
    }

    /// The ciphers, if not those of `smtp ciphers`.
    public Optional<Ciphers> ciphers() {
        return option(Option.Encrypting.class).map(Option.Encrypting::ciphers);
    }

    /// The versions of TLS.
    public Protocols protocols() {
        return option(Option.Speaking.class)
                .map(Option.Speaking::protocols)
                .orElse(Protocols.STANDARD);
    }

    /// Who may authenticate, and whether everybody has to.
    public Optional<Option.Authenticating> authentication() {
        return option(Option.Authenticating.class);
    }

    /// Whether clients on this machine may authenticate without TLS.
    public boolean authenticatesWithoutTls() {
        return option(Option.AuthenticatingWithoutTls.class).isPresent();
    }

    /// The mailboxes that authenticated clients may send as.
    public Optional<Option.Senders> senders() {
        return option(Option.Senders.class);
    }

    /// Whether Received is to say who was authenticated.
    public boolean namesAuthenticated() {
        return option(Option.ReceivedAuth.class).isPresent();
    }

    /// The clients that may say, by XCLIENT, for whom they speak.
    public Optional<TableRef> speakers() {
        return option(Option.Speakers.class).map(Option.Speakers::table);
    }

    /// Which clients are believed, if they are proxies that say for whom they speak.
    public Optional<Proxies> proxies() {
        return option(Option.ProxyProtocol.class).map(Option.ProxyProtocol::proxies);
    }

    /// The name of the filter of the sessions.
    public Optional<String> filter() {
        return option(Option.Filtered.class).map(filtered -> filtered.filter().name());
    }

    /// Every use of a table.
    List<TableRef> references() {
        var references = new ArrayList<TableRef>();
        hostnames().ifPresent(references::add);
        speakers().ifPresent(references::add);
        senders().map(Option.Senders::table).ifPresent(references::add);
        if (proxies().orElse(new Proxies.OfThisMachine()) instanceof Proxies.Listed(var table)) {
            references.add(table);
        }
        if (authentication().map(Option.Authenticating::logins).orElse(new Logins.Accounts())
                instanceof Logins.Listed(var table)) {
            references.add(table);
        }
        return references;
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

    private static final Set<Option.Word> SOCKET_OPTIONS =
            EnumSet.of(
                    Option.Word.FILTER, Option.Word.MASK_SRC, Option.Word.NO_DSN, Option.Word.TAG);

    private static final List<Set<Option.Word>> ALTERNATIVES =
            List.of(
                    EnumSet.of(Option.Word.INET4, Option.Word.INET6),
                    EnumSet.of(Option.Word.TLS, Option.Word.TLS_REQUIRE, Option.Word.SMTPS),
                    EnumSet.of(Option.Word.AUTH, Option.Word.AUTH_OPTIONAL));

    /// The word that demands a client's certificate.
    enum VerifyWord {
        VERIFY
    }

    /// The word that replaces the From field.
    enum MasqueradeWord {
        MASQUERADE
    }

    /// The word before the addresses of proxies.
    enum FromWord {
        FROM
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
        Place place = in.accepts(SocketWord.class) ? new Place.Socket() : network(in);
        var options = new ArrayList<Option>();
        Set<Option.Word> seen = EnumSet.noneOf(Option.Word.class);
        while (in.sees(Option.Word.class)) {
            options.add(option(in, place, seen));
        }
        return new Listen(at, place, options);
    }

    private static Place network(Tokens in) throws Syntax {
        var at = in.position();
        var target = in.text("socket, an interface, address or host name");
        if (target.startsWith("[")) {
            throw in.error(at, "an address stands here without brackets");
        }
        return new Place.Network(target);
    }

    private static Option option(Tokens in, Place place, Set<Option.Word> seen) throws Syntax {
        var at = in.position();
        var word = in.word(Option.Word.class, "an option of listen");
        if (!seen.add(word) && word != Option.Word.PKI) {
            throw in.repeated(at, word);
        }
        if (place instanceof Place.Socket && !SOCKET_OPTIONS.contains(word)) {
            throw in.error(at, Tokens.text(word) + " does not go with socket");
        }
        for (var alternatives : ALTERNATIVES) {
            if (alternatives.contains(word)) {
                for (var other : alternatives) {
                    if (other != word && seen.contains(other)) {
                        throw in.error(
                                at,
                                Tokens.text(other)
                                        + " and "
                                        + Tokens.text(word)
                                        + " exclude each other");
                    }
                }
            }
        }
        return option(in, at, word);
    }

    private static Option option(Tokens in, Position at, Option.Word word) throws Syntax {
        return switch (word) {
            case INET4 -> new Option.Only(Family.INET4);
            case INET6 -> new Option.Only(Family.INET6);
            case HOSTNAME -> new Option.Hostname(in.hostName("a host name"));
            case HOSTNAMES -> new Option.Hostnames(mapping(in, Service.ADDRNAME));
            case MASK_SRC -> new Option.MaskSource();
            case NO_DSN -> new Option.NoDsn();
            case PORT -> new Option.Port(in.port());
            case TAG -> new Option.Tag(tag(in));
            case TLS -> new Option.Secured(at, Security.TLS, ClientCertificate.UNASKED);
            case TLS_REQUIRE -> new Option.Secured(at, Security.TLS_REQUIRE, certificate(in));
            case SMTPS -> new Option.Secured(at, Security.SMTPS, certificate(in));
            case PKI -> new Option.Key(in.foldedReference("the name of a pki"));
            case CA -> new Option.Trust(in.foldedReference("the name of a ca"));
            case CIPHERS -> new Option.Encrypting(at, Ciphers.parse(in));
            case PROTOCOLS -> new Option.Speaking(at, Protocols.parse(in));
            case AUTH -> new Option.Authenticating(at, Demand.REQUIRED, logins(in));
            case AUTH_OPTIONAL -> new Option.Authenticating(at, Demand.OPTIONAL, logins(in));
            case AUTH_WITHOUT_TLS -> new Option.AuthenticatingWithoutTls(at);
            case SENDERS ->
                    new Option.Senders(
                            mapping(in, Service.MAILADDRMAP),
                            in.accepts(MasqueradeWord.class)
                                    ? Masquerade.FROM_FIELD
                                    : Masquerade.NONE);
            case RECEIVED_AUTH -> new Option.ReceivedAuth();
            case PROXY_V2 -> new Option.ProxyProtocol(proxies(in));
            case XCLIENT ->
                    new Option.Speakers(TableRef.parse(in, Service.NETADDR, TableRef.Shape.LIST));
            case FILTER -> new Option.Filtered(Filter.parseUse(in));
        };
    }

    private static ClientCertificate certificate(Tokens in) throws Syntax {
        return in.accepts(VerifyWord.class)
                ? ClientCertificate.REQUIRED
                : ClientCertificate.UNASKED;
    }

    private static Logins logins(Tokens in) throws Syntax {
        return in.seesPlainTable()
                ? new Logins.Listed(mapping(in, Service.CREDENTIALS))
                : new Logins.Accounts();
    }

    private static Proxies proxies(Tokens in) throws Syntax {
        return in.accepts(FromWord.class)
                ? new Proxies.Listed(TableRef.parse(in, Service.NETADDR, TableRef.Shape.LIST))
                : new Proxies.OfThisMachine();
    }

    private static TableRef mapping(Tokens in, Service service) throws Syntax {
        return TableRef.parse(in, service, TableRef.Shape.MAPPING);
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
