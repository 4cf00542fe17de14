package org.postern.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// An action that sends on to another host: the mail exchangers of the recipient's domain, or a smart
/// host. TLS is used where the next hop offers it, and not verified.
///
///     remote = "relay" { "helo" name | "src" tables | "host" tables | "srs" }
public record RelayAction(Position at, String name, List<Option> options) implements Action {

    public RelayAction {
        options = List.copyOf(options);
    }

    /// One option of a relay action.
    public sealed interface Option permits Helo, Source, SmartHosts, RewriteSender, Action.Ttl {
        /// The words that begin an option.
        enum Word {
            AUTH,
            BACKUP,
            CA,
            CIPHERS,
            DOMAIN,
            FILTER,
            HELO,
            HELO_SRC,
            HOST,
            MAIL_FROM,
            PKI,
            PROTOCOLS,
            SRC,
            SRS,
            TLS
        }
    }

    /// The name given in EHLO.
    public record Helo(String name) implements Option {}

    /// The addresses to send from, in turn.
    public record Source(TableRef table) implements Option {}

    /// The smart hosts to send to, in turn, as relay URLs.
    public record SmartHosts(TableRef table) implements Option {}

    /// The sender is rewritten (Sender Rewriting Scheme), as [Settings#srs] says.
    public record RewriteSender(Position at) implements Option {}

    /// Whether the sender is rewritten (Sender Rewriting Scheme), as [Settings#srs] says.
    public boolean rewritesSender() {
        return option(RewriteSender.class).isPresent();
    }

    /// The name given in EHLO, if not the server's.
    public Optional<String> helo() {
        return option(Helo.class).map(Helo::name);
    }

    /// The addresses to send from; none leaves the choice to the kernel.
    public Optional<TableRef> source() {
        return option(Source.class).map(Source::table);
    }

    /// The smart hosts; none means the mail exchangers of the recipient's domain.
    public Optional<TableRef> smartHosts() {
        return option(SmartHosts.class).map(SmartHosts::table);
    }

    @Override
    public Optional<Duration> ttl() {
        return option(Action.Ttl.class).map(Action.Ttl::time);
    }

    /// Every use of a table.
    List<TableRef> references() {
        return Stream.of(source(), smartHosts()).flatMap(Optional::stream).toList();
    }

    private <T extends Option> Optional<T> option(Class<T> kind) {
        return options.stream().filter(kind::isInstance).map(kind::cast).findFirst();
    }

    /// Reads the rest of an action whose method is `relay`.
    static RelayAction parse(Tokens in, Position at, String name) throws Syntax {
        var options = new ArrayList<Option>();
        Set<Option.Word> seen = EnumSet.noneOf(Option.Word.class);
        while (in.sees(Option.Word.class)) {
            options.add(option(in, seen));
        }
        Action.Ttl.parse(in, options);
        return new RelayAction(at, name, options);
    }

    private static Option option(Tokens in, Set<Option.Word> seen) throws Syntax {
        var at = in.position();
        var word = in.word(Option.Word.class, "an option of relay");
        if (!seen.add(word)) {
            throw in.repeated(at, word);
        }
        return switch (word) {
            case HELO -> new Helo(in.hostName("the name to give in EHLO"));
            case SRC -> new Source(TableRef.parse(in, Service.SOURCE, TableRef.Shape.EITHER));
            case HOST -> new SmartHosts(TableRef.parse(in, Service.RELAYHOST, TableRef.Shape.LIST));
            case SRS -> new RewriteSender(at);
            case AUTH,
                    BACKUP,
                    CA,
                    CIPHERS,
                    DOMAIN,
                    FILTER,
                    HELO_SRC,
                    MAIL_FROM,
                    PKI,
                    PROTOCOLS,
                    TLS ->
                    throw in.unsupported(at, word);
        };
    }
}
