package org.postern.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.postern.mail.AddressSyntax;

/// An action that sends on to another host: the mail exchangers of the recipient's domain, or a smart
/// host. TLS is used where the next hop offers it, and not verified, unless the action says more.
///
///     remote = "relay" { "helo" name | "helo-src" tables | "src" tables | "host" tables
///                      | "domain" tables | "backup" [ "mx" name ] | "tls" [ "no-verify" ]
///                      | "auth" tables | "pki" name | "ca" name | "ciphers" string
///                      | "protocols" string | "mail-from" string | "filter" filters | "srs" }
public record RelayAction(Position at, String name, List<Option> options) implements Action {

    public RelayAction {
        options = List.copyOf(options);
    }

    /// One option of a relay action.
    public sealed interface Option
            permits Helo,
                    HeloNames,
                    Source,
                    SmartHosts,
                    DomainHosts,
                    Backup,
                    RequireTls,
                    Credentials,
                    Key,
                    Trust,
                    Encrypting,
                    Speaking,
                    MailFrom,
                    Filtered,
                    RewriteSender,
                    Action.Ttl {
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

    /// The names given in EHLO, by the address that is sent from.
    public record HeloNames(TableRef table) implements Option {}

    /// The addresses to send from, in turn.
    public record Source(TableRef table) implements Option {}

    /// The smart hosts to send to, in turn, as relay URLs.
    public record SmartHosts(TableRef table) implements Option {}

    /// The smart hosts to send to, as relay URLs, by the recipient's domain.
    public record DomainHosts(TableRef table) implements Option {}

    /// Only to mail exchangers that the domain prefers to `mx`; an empty name is the server's own.
    public record Backup(String mx) implements Option {}

    /// TLS always, and what is asked of the next hop's certificate.
    public record RequireTls(Verification verification) implements Option {}

    /// Logins and passwords, by the label of a relay URL.
    public record Credentials(TableRef table) implements Option {}

    /// The certificate and key to show to the next hop.
    public record Key(NameRef pki) implements Option {}

    /// The authorities that are trusted instead of the system's.
    public record Trust(NameRef authority) implements Option {}

    /// The ciphers, if not those of `smtp ciphers`.
    public record Encrypting(Ciphers ciphers) implements Option {}

    /// The versions of TLS.
    public record Speaking(Protocols protocols) implements Option {}

    /// The reverse-path to give instead; a part that is missing before or after the `@` is kept.
    public record MailFrom(String mailbox) implements Option {}

    /// The filters that are told of the sessions.
    public record Filtered(NameRef filter) implements Option {}

    /// The sender is rewritten (Sender Rewriting Scheme), as [Settings#srs] says.
    public record RewriteSender(Position at) implements Option {}

    /// What is asked of a next hop's certificate.
    public enum Verification {
        /// It names the host, and an authority vouches for it.
        CERTIFICATE,
        NONE
    }

    /// Whether the sender is rewritten (Sender Rewriting Scheme), as [Settings#srs] says.
    public boolean rewritesSender() {
        return option(RewriteSender.class).isPresent();
    }

    /// The name given in EHLO, if not the server's.
    public Optional<String> helo() {
        return option(Helo.class).map(Helo::name);
    }

    /// The names given in EHLO, by the address that is sent from.
    public Optional<TableRef> heloNames() {
        return option(HeloNames.class).map(HeloNames::table);
    }

    /// The addresses to send from; none leaves the choice to the kernel.
    public Optional<TableRef> source() {
        return option(Source.class).map(Source::table);
    }

    /// The smart hosts; none means the mail exchangers of the recipient's domain.
    public Optional<TableRef> smartHosts() {
        return option(SmartHosts.class).map(SmartHosts::table);
    }

    /// The smart hosts by the recipient's domain.
    public Optional<TableRef> domainHosts() {
        return option(DomainHosts.class).map(DomainHosts::table);
    }

    /// The mail exchanger that only better ones are sent to; an empty name is the server's own.
    public Optional<String> backup() {
        return option(Backup.class).map(Backup::mx);
    }

    /// What is asked of the next hop's certificate, if TLS is required.
    public Optional<Verification> tls() {
        return option(RequireTls.class).map(RequireTls::verification);
    }

    /// Logins and passwords, by the label of a relay URL.
    public Optional<TableRef> credentials() {
        return option(Credentials.class).map(Credentials::table);
    }

    /// The name of the `pki` to show to the next hop, in lower case.
    public Optional<String> pki() {
        return option(Key.class).map(key -> key.pki().name());
    }

    /// The name of the `ca` that is trusted instead of the system's, in lower case.
    public Optional<String> authority() {
        return option(Trust.class).map(trust -> trust.authority().name());
    }

    /// The ciphers, if not those of `smtp ciphers`.
    public Optional<Ciphers> ciphers() {
        return option(Encrypting.class).map(Encrypting::ciphers);
    }

    /// The versions of TLS.
    public Protocols protocols() {
        return option(Speaking.class).map(Speaking::protocols).orElse(Protocols.STANDARD);
    }

    /// The reverse-path to give instead; a part that is missing before or after the `@` is kept.
    public Optional<String> mailFrom() {
        return option(MailFrom.class).map(MailFrom::mailbox);
    }

    /// The name of the filter that is told of the sessions.
    public Optional<String> filter() {
        return option(Filtered.class).map(filtered -> filtered.filter().name());
    }

    @Override
    public Optional<Duration> ttl() {
        return option(Action.Ttl.class).map(Action.Ttl::time);
    }

    /// Every use of a table.
    List<TableRef> references() {
        return Stream.of(heloNames(), source(), smartHosts(), domainHosts(), credentials())
                .flatMap(Optional::stream)
                .toList();
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
        refuseConflict(in, at, word, seen);
        return switch (word) {
            case HELO -> new Helo(in.hostName("the name to give in EHLO"));
            case HELO_SRC -> new HeloNames(mapping(in, Service.ADDRNAME));
            case SRC -> new Source(TableRef.parse(in, Service.SOURCE, TableRef.Shape.EITHER));
            case HOST -> new SmartHosts(TableRef.parse(in, Service.RELAYHOST, TableRef.Shape.LIST));
            case DOMAIN -> new DomainHosts(mapping(in, Service.RELAYHOST));
            case BACKUP ->
                    new Backup(in.accepts(MxWord.class) ? in.hostName("a mail exchanger") : "");
            case TLS ->
                    new RequireTls(
                            in.accepts(VerifyWord.class)
                                    ? Verification.NONE
                                    : Verification.CERTIFICATE);
            case AUTH -> new Credentials(mapping(in, Service.CREDENTIALS));
            case PKI -> new Key(in.foldedReference("the name of a pki"));
            case CA -> new Trust(in.foldedReference("the name of a ca"));
            case CIPHERS -> new Encrypting(Ciphers.parse(in));
            case PROTOCOLS -> new Speaking(Protocols.parse(in));
            case MAIL_FROM -> new MailFrom(mailFrom(in));
            case FILTER -> new Filtered(Filter.parseUse(in));
            case SRS -> new RewriteSender(at);
        };
    }

    private static void refuseConflict(
            Tokens in, Position at, Option.Word word, Set<Option.Word> seen) throws Syntax {
        var hosts = EnumSet.of(Option.Word.HOST, Option.Word.DOMAIN, Option.Word.BACKUP);
        if (hosts.contains(word)) {
            hosts.retainAll(seen);
            hosts.remove(word);
            for (var other : hosts) {
                throw in.error(
                        at,
                        Tokens.text(other) + " and " + Tokens.text(word) + " exclude each other");
            }
        }
        if (word == Option.Word.AUTH
                && !seen.contains(Option.Word.HOST)
                && !seen.contains(Option.Word.DOMAIN)) {
            throw in.error(at, "auth goes with host or domain, and stands after it");
        }
    }

    private static TableRef mapping(Tokens in, Service service) throws Syntax {
        return TableRef.parse(in, service, TableRef.Shape.MAPPING);
    }

    /// Reads a mailbox, of which one half may be missing.
    private static String mailFrom(Tokens in) throws Syntax {
        var at = in.position();
        var text = in.text("a mailbox");
        int cut = text.lastIndexOf('@');
        var user = cut < 0 ? text : text.substring(0, cut);
        var domain = text.substring(cut + 1);
        boolean sound =
                (cut < 0 || domain.isEmpty() || AddressSyntax.isDomain(domain))
                        && user.chars().noneMatch(c -> c <= ' ' || c > '~' || "<>".indexOf(c) >= 0)
                        && user.length() <= 255
                        && !text.equals("@");
        if (!sound) {
            throw in.error(at, "expected user@domain, @domain or user, found \"" + text + '"');
        }
        return text;
    }

    /// The word before the name of a backup's mail exchanger.
    enum MxWord {
        MX
    }

    /// The word that forgoes the check of a certificate.
    enum VerifyWord {
        NO_VERIFY
    }
}
