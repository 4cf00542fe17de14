package org.postern.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.config.LocalAction.Method;
import org.postern.mail.Chunk;

/// What each directive makes of its line.
class ConfigTest {
    private static final String REST = "match for any reject\n";

    private static Config parse(String text) throws ConfigException {
        return Config.parse(Sources.of("c", text, LexerTest.HOST));
    }

    private static LocalAction local(String text) throws ConfigException {
        var config = parse("action \"a\" " + text + "\nmatch action \"a\"\n");
        return assertInstanceOf(LocalAction.class, config.actions().get("a"));
    }

    private static RelayAction relay(String text) throws ConfigException {
        var config = parse("action a " + text + "\nmatch action a\n");
        return assertInstanceOf(RelayAction.class, config.actions().get("a"));
    }

    private static List<Criterion> criteria(String text) throws ConfigException {
        return parse("table t { a }\ntable m { a = b }\nmatch " + text + " reject\n")
                .matches()
                .getFirst()
                .conditions()
                .stream()
                .map(Condition::criterion)
                .toList();
    }

    private static Listen listen(String text) throws ConfigException {
        return parse("listen on " + text + "\n" + REST).listeners().getFirst();
    }

    @Test
    void theSampleConfigurationOfOpenSmtpdIsUnderstood() throws Exception {
        var config =
                parse(
                        """
                        table aliases { root = "bob, carol@example.net" }
                        listen on lo
                        action "local_mail" mbox alias <aliases>
                        action "outbound" relay
                        match from local for local action "local_mail"
                        match from local for any action "outbound"
                        """);
        assertEquals(2, config.matches().size());
        assertEquals(List.of(), config.warnings());
        assertEquals("mx.example.org", config.serverName());
    }

    @Test
    void methodsOfDelivery() throws Exception {
        assertEquals(new Method.Mbox(), local("mbox").method());
        assertEquals(
                new Method.Maildir("~/Maildir", LocalAction.Junk.INBOX), local("maildir").method());
        assertEquals(
                new Method.Maildir("~/Maildir", LocalAction.Junk.FOLDER),
                local("maildir junk").method());
        assertEquals(
                new Method.Maildir("/m/%{user.username}", LocalAction.Junk.FOLDER),
                local("maildir \"/m/%{user.username}\" junk").method());
        assertEquals(
                new Method.Lmtp("localhost:24", LocalAction.LmtpRecipient.USER),
                local("lmtp localhost:24").method());
        assertEquals(
                new Method.Lmtp("/run/lmtp", LocalAction.LmtpRecipient.MAILBOX),
                local("lmtp \"/run/lmtp\" rcpt-to").method());
        assertEquals(new Method.Mda("cat >x"), local("mda \"cat >x\"").method());
        assertEquals(new Method.ForwardOnly(), local("forward-only").method());
        assertEquals(new Method.ExpandOnly(), local("expand-only").method());
    }

    @Test
    void optionsOfLocalActions() throws Exception {
        var action =
                local("maildir user vmail virtual { a = b } userbase { a = \"1:1:/\" } ttl 1h");
        assertEquals(Optional.of("vmail"), action.user());
        assertInstanceOf(LocalAction.Expansion.ByVirtual.class, action.expansion());
        assertEquals("<dynamic:1>", action.userbase().orElseThrow().name());
        assertEquals(Optional.of(Duration.ofHours(1)), action.ttl());
        assertEquals(Optional.empty(), action.wrapper());
        assertInstanceOf(LocalAction.Expansion.Plain.class, local("mbox").expansion());
    }

    @Test
    void anActionCanBeWrapped() throws Exception {
        var config =
                parse(
                        """
                        mda wrapper w "nice %{mda}"
                        action a mda "cat" wrapper w
                        match action a
                        """);
        assertEquals("nice %{mda}", config.wrappers().get("w").command());
        assertEquals(Optional.of("w"), ((LocalAction) config.actions().get("a")).wrapper());
    }

    @Test
    void optionsOfRelay() throws Exception {
        var action = relay("relay helo h.example host \"smtp://h:2525\" src { 127.0.0.1 } ttl 2d");
        assertEquals(Optional.of("h.example"), action.helo());
        assertEquals(Service.RELAYHOST, action.smartHosts().orElseThrow().service());
        assertEquals(Service.SOURCE, action.source().orElseThrow().service());
        assertEquals(Optional.of(Duration.ofDays(2)), action.ttl());
        assertEquals(Optional.empty(), relay("relay").smartHosts());
    }

    @Test
    void aMatchIsCompletedAndInTheOrderOfTesting() throws Exception {
        assertEquals(List.of(new Criterion.FromLocal(), new Criterion.ForLocal()), criteria(""));
        assertEquals(
                List.of(
                        Criterion.Tag.class,
                        Criterion.FromAny.class,
                        Criterion.ForAny.class,
                        Criterion.Helo.class,
                        Criterion.Authenticated.class,
                        Criterion.Tls.class,
                        Criterion.MailFrom.class,
                        Criterion.RcptTo.class),
                criteria("rcpt-to <m> mail-from <t> tls auth helo <t> for any from any tag <t>")
                        .stream()
                        .map(Object::getClass)
                        .toList());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "from any",
                "from local",
                "from socket",
                "from src <t>",
                "from src regex <t>",
                "from src 192.0.2.0/24",
                "from rdns",
                "from rdns <t>",
                "from rdns regex { a, b }",
                "from auth",
                "from auth <m>",
                "from auth regex \"^a\"",
                "from mail-from <t>",
                "for any",
                "for local",
                "for domain { a b\n c,\nd }",
                "for domain regex <t>",
                "for rcpt-to <m>",
                "tag x",
                "! tag regex x",
                "helo x",
                "auth",
                "!auth x",
                "mail-from \"@\"",
                "rcpt-to regex a@b",
                "tls",
                "!tls"
            })
    void everyCriterionIsUnderstood(String text) throws Exception {
        assertTrue(criteria(text).size() >= 2);
    }

    @Test
    void aNegatedPairNegatesItsSecondHalf() throws Exception {
        var conditions = parse("match !from auth reject\n").matches().getFirst().conditions();
        assertEquals(
                List.of("HOLDS FromAny", "HOLDS ForLocal", "FAILS Authenticated"),
                conditions.stream()
                        .map(one -> one.sense() + " " + one.criterion().getClass().getSimpleName())
                        .toList());
    }

    @Test
    void aTableKnowsWhatItIsAskedFor() throws Exception {
        var config = parse("table t { a }\nmatch from src <t> for domain regex <t> reject\n");
        assertEquals(
                List.of(Service.NETADDR, Service.REGEX),
                config.references().stream().map(TableRef::service).toList());
    }

    @Test
    void optionsOfListeners() throws Exception {
        var listen = listen("eth0 inet4 port submission hostname h.example tag T mask-src no-dsn");
        assertEquals(new Listen.Place.Network("eth0"), listen.place());
        assertEquals(Listen.Family.INET4, listen.family());
        assertEquals(587, listen.port());
        assertEquals(Optional.of("h.example"), listen.hostname());
        assertEquals("T", listen.tag());
        assertTrue(listen.masksSource());
        assertEquals(false, listen.offersDsn());
        assertEquals(465, listen("all port smtps").port());
        assertEquals(25, listen("192.0.2.1").port());
        assertEquals(10025, listen("::1 inet6 port 10025").port());
    }

    @Test
    void theSocketIsAListenerToo() throws Exception {
        var listen = listen("socket tag T mask-src");
        assertEquals(new Listen.Place.Socket(), listen.place());
        assertEquals("T", listen.tag());
    }

    @Test
    void tablesHaveTheirOrigins() throws Exception {
        var tables =
                parse(
                                """
                                table a file:/x
                                table b static:/x
                                table c "/x"
                                table d getpwnam
                                table e { k => v, "l" = w }
                                """
                                        + REST)
                        .tables();
        var file = new TableDefinition.Origin.File("/x");
        assertEquals(file, tables.get("a").origin());
        assertEquals(file, tables.get("b").origin());
        assertEquals(file, tables.get("c").origin());
        assertEquals(new TableDefinition.Origin.Accounts(), tables.get("d").origin());
        var mapping =
                assertInstanceOf(
                        TableDefinition.Origin.InlineMapping.class, tables.get("e").origin());
        assertEquals("w", mapping.pairs().getLast().value());
    }

    @Test
    void builtInTablesAreOfThisMachine() throws Exception {
        var config =
                parse("match from src <\"<localhost>\"> for domain <\"<localnames>\"> reject\n");
        var names =
                assertInstanceOf(
                        TableDefinition.Origin.Inline.class,
                        config.tables().get(Config.LOCALNAMES).origin());
        assertEquals(
                List.of("localhost", "mx.example.org", "127.0.0.1", "[::1]"),
                names.entries().stream().map(TableDefinition.Entry::key).toList());
    }

    @Test
    void settingsTakeTheLastValue() throws Exception {
        assertEquals(Settings.DEFAULTS, parse(REST).settings());
        var settings =
                parse(
                                """
                                smtp limit max-mails 5 max-rcpt 6
                                smtp limit
                                smtp max-message-size 1
                                smtp max-message-size 35M
                                smtp sub-addr-delim "-"
                                queue ttl 1d
                                bounce warn-interval 1h, 2h
                                mta max-deferred 7
                                """
                                        + REST)
                        .settings();
        assertEquals(36700160, settings.maxMessageSize());
        assertEquals(5, settings.maxMails());
        assertEquals(6, settings.maxRecipients());
        assertEquals('-', settings.subAddressDelimiter());
        assertEquals(Duration.ofDays(1), settings.queueTtl());
        assertEquals(List.of(Duration.ofHours(1), Duration.ofHours(2)), settings.warnIntervals());
        assertEquals(7, settings.maxDeferred());
    }

    @Test
    void linesOfOnePkiAddUp() throws Exception {
        var pki =
                parse("pki MX.example.org cert \"/c\"\npki mx.example.org key \"/k\"\n" + REST)
                        .pki()
                        .get("mx.example.org");
        assertEquals(Optional.of("/c"), pki.certificate());
        assertEquals(Optional.of("/k"), pki.key());
    }

    @Test
    void macrosAndIncludesShareOneNamespace() throws Exception {
        var sources =
                new Sources(
                        "c",
                        List.of(
                                new SourceFile("c", Chunk.of("include \"d\"\n$line\n")),
                                new SourceFile("d", Chunk.of("line = \"match reject\""))),
                        List.of(),
                        LexerTest.HOST,
                        7);
        var config = Config.parse(sources);
        assertEquals(1, config.matches().size());
        assertEquals(7, config.generation());
    }

    @Test
    void sourcesAreReadWithAllThatTheyInclude(@TempDir Path dir) throws Exception {
        Files.writeString(dir.resolve("main"), "f = \"two\"\ninclude one\nmatch action a\n");
        Files.writeString(dir.resolve("one"), "include $f\n");
        Files.writeString(dir.resolve("two"), "action a mbox\n");
        var sources = Sources.read(dir.resolve("main"), List.of(), LexerTest.HOST);
        assertEquals(
                List.of("one", "two"),
                sources.files().stream().skip(1).map(SourceFile::name).toList());
        assertEquals(1, Config.parse(sources).actions().size());
    }

    @Test
    void allErrorsAreReportedAtOnce() {
        var error =
                assertThrows(
                        ConfigException.class,
                        () ->
                                parse(
                                        """
                                        listen over lo
                                        table t {
                                          a,
                                          -
                                          b
                                        }
                                        match from <t> reject
                                        action a mbx
                                        match action a
                                        match action b
                                        """));
        assertEquals(
                List.of("c:1:8", "c:4:3", "c:7:12", "c:8:10", "c:10:14"),
                error.problems().stream().map(one -> one.at().toString()).toList());
    }

    @Test
    void anActionThatNoMatchUsesIsAWarning() throws Exception {
        var warnings = parse("action a mbox\n" + REST).warnings();
        assertEquals("c:1:8: warning: no match uses action \"a\"", warnings.getFirst().headline());
    }

    @Test
    void aLabelThatNoTableIsAskedForIsAWarning() throws Exception {
        var warnings =
                parse(
                                """
                                table hosts { "smtps://you@mx.example.com" }
                                action a relay host "smtp+tls://me@mx.example.org"
                                action b relay host <hosts>
                                match from auth for any action a
                                match for any action b
                                """)
                        .warnings();
        assertEquals(
                List.of(
                        "c:1:15: warning: action \"b\" has no auth, so the label \"you\" finds no"
                                + " login: mail waits",
                        "c:2:21: warning: action \"a\" has no auth, so the label \"me\" finds no"
                                + " login: mail waits"),
                warnings.stream().map(Problem::headline).toList());
    }

    @Test
    void aHostWithoutALabelIsNoWarning() throws Exception {
        var config = parse("action a relay host \"smtp+tls://mx.example.org\"\nmatch action a");
        assertEquals(List.of(), config.warnings());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%{user.username}",
                "%{USER.username[0]}",
                "%{dest.user[-3:]:lowercase|raw}",
                "%{rcpt[:4]}",
                "100%",
                "%%{nothing",
                "%{mbox.from:strip}"
            })
    void soundSpecifiersAreUnderstood(String text) {
        assertEquals(Optional.empty(), Specifiers.mistake(text, Specifiers.Place.ACTION));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%{user}",
                "%{user.name}",
                "%{}",
                "%{dest",
                "%{dest[}",
                "%{dest[:]}",
                "%{dest[]}",
                "%{dest:loud}",
                "%{dest:}",
                "%{mda}"
            })
    void malformedSpecifiersAreNot(String text) {
        assertTrue(Specifiers.mistake(text, Specifiers.Place.ACTION).isPresent());
    }

    @Test
    void quantitiesAreExact() {
        assertEquals(Optional.of(Duration.ofSeconds(1)), Quantity.duration("1s"));
        assertEquals(Optional.empty(), Quantity.duration("0d"));
        assertEquals(Optional.empty(), Quantity.duration("4w"));
        assertEquals(Optional.empty(), Quantity.duration("1h30m"));
        assertEquals(Optional.empty(), Quantity.duration("24856d"));
        assertEquals(1536, Quantity.size("1.5k").orElseThrow());
        assertEquals(1, Quantity.size("1.9").orElseThrow());
        assertTrue(Quantity.size("8E").isEmpty());
        assertTrue(Quantity.size("-1").isEmpty());
        assertTrue(Quantity.size("1MB").isEmpty());
    }
}
