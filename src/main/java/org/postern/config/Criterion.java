package org.postern.config;

import java.util.Optional;
import org.postern.config.TableRef.Shape;

/// What a match can ask about an envelope and its session.
///
///     criterion = "tag" rt | "helo" rt | "tls" | "auth" [ rt ] | "mail-from" rt | "rcpt-to" rt
///               | "from" ( "any" | "local" | "socket" | "src" rt | "rdns" [ rt ] | "auth" [ rt ]
///                        | "mail-from" rt )
///               | "for"  ( "any" | "local" | "domain" rt | "rcpt-to" rt )
///     rt        = [ "regex" ] tables
///
/// Where a table is named, its [TableRef#service] says how to ask it.
public sealed interface Criterion {

    /// The part of a match a criterion fills; each can be filled once. In the order of testing.
    enum Slot {
        TAG,
        FROM,
        FOR,
        HELO,
        AUTH,
        TLS,
        MAIL_FROM,
        RCPT_TO
    }

    /// Which part of a match this fills.
    Slot slot();

    /// The listener's tag is in the table.
    record Tag(TableRef table) implements Criterion {
        @Override
        public Slot slot() {
            return Slot.TAG;
        }
    }

    /// Always holds.
    record FromAny() implements Criterion {
        @Override
        public Slot slot() {
            return Slot.FROM;
        }
    }

    /// The client is this machine: the socket, or an address in `<localhost>`.
    record FromLocal() implements Criterion {
        @Override
        public Slot slot() {
            return Slot.FROM;
        }
    }

    /// The message came through the submission socket.
    record FromSocket() implements Criterion {
        @Override
        public Slot slot() {
            return Slot.FROM;
        }
    }

    /// The client's address is in the table.
    record FromSource(TableRef table) implements Criterion {
        @Override
        public Slot slot() {
            return Slot.FROM;
        }
    }

    /// The client's address has a name.
    record FromNamed() implements Criterion {
        @Override
        public Slot slot() {
            return Slot.FROM;
        }
    }

    /// The name of the client's address is in the table; a client without name is never meant, not
    /// even by `!`.
    record FromName(TableRef table) implements Criterion {
        @Override
        public Slot slot() {
            return Slot.FROM;
        }
    }

    /// Always holds.
    record ForAny() implements Criterion {
        @Override
        public Slot slot() {
            return Slot.FOR;
        }
    }

    /// The recipient's domain is in `<localnames>`.
    record ForLocal() implements Criterion {
        @Override
        public Slot slot() {
            return Slot.FOR;
        }
    }

    /// The recipient's domain is in the table.
    record ForDomain(TableRef table) implements Criterion {
        @Override
        public Slot slot() {
            return Slot.FOR;
        }
    }

    /// The name given in HELO or EHLO is in the table.
    record Helo(TableRef table) implements Criterion {
        @Override
        public Slot slot() {
            return Slot.HELO;
        }
    }

    /// The session is authenticated.
    record Authenticated() implements Criterion {
        @Override
        public Slot slot() {
            return Slot.AUTH;
        }
    }

    /// The session is authenticated as one of the table.
    record AuthenticatedAs(TableRef table) implements Criterion {
        @Override
        public Slot slot() {
            return Slot.AUTH;
        }
    }

    /// The session is encrypted.
    record Tls() implements Criterion {
        @Override
        public Slot slot() {
            return Slot.TLS;
        }
    }

    /// The reverse-path is in the table; the null reverse-path is asked for as `@`.
    record MailFrom(TableRef table) implements Criterion {
        @Override
        public Slot slot() {
            return Slot.MAIL_FROM;
        }
    }

    /// The recipient is in the table.
    record RcptTo(TableRef table) implements Criterion {
        @Override
        public Slot slot() {
            return Slot.RCPT_TO;
        }
    }

    /// The table that a criterion asks, if it asks one that the configuration names.
    static Optional<TableRef> table(Criterion criterion) {
        return switch (criterion) {
            case Tag(var table) -> Optional.of(table);
            case FromSource(var table) -> Optional.of(table);
            case FromName(var table) -> Optional.of(table);
            case ForDomain(var table) -> Optional.of(table);
            case Helo(var table) -> Optional.of(table);
            case AuthenticatedAs(var table) -> Optional.of(table);
            case MailFrom(var table) -> Optional.of(table);
            case RcptTo(var table) -> Optional.of(table);
            case FromAny _,
                    FromLocal _,
                    FromSocket _,
                    FromNamed _,
                    ForAny _,
                    ForLocal _,
                    Authenticated _,
                    Tls _ ->
                    Optional.empty();
        };
    }

    /// The words that begin a criterion.
    enum Word {
        AUTH,
        FOR,
        FROM,
        HELO,
        MAIL_FROM,
        RCPT_TO,
        TAG,
        TLS
    }

    /// The words after `from`.
    enum From {
        ANY,
        AUTH,
        LOCAL,
        MAIL_FROM,
        RDNS,
        SOCKET,
        SRC
    }

    /// The words after `for`.
    enum For {
        ANY,
        DOMAIN,
        LOCAL,
        RCPT_TO
    }

    /// What one criterion of the text means: one test, or one test and a wider `from` or `for`.
    sealed interface Parsed {
        /// The test that `!` belongs to.
        Criterion meant();

        record Single(Criterion meant) implements Parsed {}

        record Also(Criterion also, Criterion meant) implements Parsed {}
    }

    /// Reads one criterion, its `!` already gone.
    static Parsed parse(Tokens in) throws Syntax {
        return switch (in.word(Word.class, "a criterion, action or reject")) {
            case AUTH -> new Parsed.Single(auth(in));
            case FOR -> parseFor(in);
            case FROM -> parseFrom(in);
            case HELO -> new Parsed.Single(new Helo(list(in, Service.DOMAIN)));
            case MAIL_FROM -> new Parsed.Single(new MailFrom(addresses(in)));
            case RCPT_TO -> new Parsed.Single(new RcptTo(addresses(in)));
            case TAG -> new Parsed.Single(new Tag(list(in, Service.STRING)));
            case TLS -> new Parsed.Single(new Tls());
        };
    }

    private static Parsed parseFrom(Tokens in) throws Syntax {
        return switch (in.word(From.class, "an origin")) {
            case ANY -> new Parsed.Single(new FromAny());
            case LOCAL -> new Parsed.Single(new FromLocal());
            case SOCKET -> new Parsed.Single(new FromSocket());
            case SRC -> new Parsed.Single(new FromSource(list(in, Service.NETADDR)));
            case RDNS ->
                    new Parsed.Single(
                            in.seesTable()
                                    ? new FromName(list(in, Service.DOMAIN))
                                    : new FromNamed());
            case AUTH -> new Parsed.Also(new FromAny(), auth(in));
            case MAIL_FROM -> new Parsed.Also(new FromAny(), new MailFrom(addresses(in)));
        };
    }

    private static Parsed parseFor(Tokens in) throws Syntax {
        return switch (in.word(For.class, "a destination")) {
            case ANY -> new Parsed.Single(new ForAny());
            case LOCAL -> new Parsed.Single(new ForLocal());
            case DOMAIN -> new Parsed.Single(new ForDomain(list(in, Service.DOMAIN)));
            case RCPT_TO -> new Parsed.Also(new ForAny(), new RcptTo(addresses(in)));
        };
    }

    private static Criterion auth(Tokens in) throws Syntax {
        return in.seesTable()
                ? new AuthenticatedAs(TableRef.parsePatterns(in, Service.STRING, Shape.EITHER))
                : new Authenticated();
    }

    private static TableRef list(Tokens in, Service service) throws Syntax {
        return TableRef.parsePatterns(in, service, Shape.LIST);
    }

    private static TableRef addresses(Tokens in) throws Syntax {
        return TableRef.parsePatterns(in, Service.MAILADDR, Shape.EITHER);
    }
}
