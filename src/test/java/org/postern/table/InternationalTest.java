package org.postern.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postern.config.Config;
import org.postern.config.Host;
import org.postern.config.Service;
import org.postern.config.Sources;
import org.postern.mail.Mailbox;

/// Tables whose files are in UTF-8: RFC 6531 in tables and rules.
class InternationalTest {
    private static final Host HOST = new Host("mx.example.org", List.of("127.0.0.1", "[::1]"));

    private Path file;

    @BeforeEach
    void nameAFile(@TempDir Path dir) {
        file = dir.resolve("table");
    }

    private Table table(String contents) throws Exception {
        Files.writeString(file, contents);
        var text = "table t file:" + file + "\nmatch reject\n";
        return TableSet.open(Config.parse(Sources.of("c", text, HOST)), _ -> {}).table("t");
    }

    private static void has(Table table, Service service, String key) {
        assertInstanceOf(Answer.Found.class, table.contains(service, key), key);
    }

    private static void lacks(Table table, Service service, String key) {
        assertInstanceOf(Answer.Absent.class, table.contains(service, key), key);
    }

    @Test
    void aDomainIsFoundInEitherForm() throws Exception {
        has(table("b\u00fccher.example\n"), Service.DOMAIN, "xn--bcher-kva.example");
        has(table("xn--bcher-kva.example\n"), Service.DOMAIN, "xn--bcher-kva.example");
        has(table("*.b\u00fccher.example\n"), Service.DOMAIN, "a.xn--bcher-kva.example");
        lacks(table("bucher.example\n"), Service.DOMAIN, "xn--bcher-kva.example");
    }

    @Test
    void aMailboxIsFoundInEitherFormOfItsDomain() throws Exception {
        var table = table("p\u00e9l\u00e9@b\u00fccher.example\n\u7532@\n");
        has(table, Service.MAILADDR, "p\u00e9l\u00e9@xn--bcher-kva.example");
        has(table, Service.MAILADDR, "\u7532@example.org");
        lacks(table, Service.MAILADDR, "pele@xn--bcher-kva.example");
    }

    @Test
    void aLocalPartIsComparedInItsComposedForm() throws Exception {
        has(
                table("p\u00e9l\u00e9@example.org\n"),
                Service.MAILADDR,
                "pe\u0301le\u0301@example.org");
    }

    @Test
    void aMappingIsAskedForEitherForm() throws Exception {
        var table = table("p\u00e9l\u00e9@b\u00fccher.example bob\n");
        assertEquals(
                new Answer.Found<>("bob"),
                table.lookup(Service.ALIAS, "p\u00e9l\u00e9@xn--bcher-kva.example"));
    }

    @Test
    void anAliasMayLeadToAMailboxInUtf8() throws Exception {
        var table = table("p\u00e9l\u00e9 \u7532@b\u00fccher.example, bob\n");
        assertEquals(
                new Answer.Found<>(
                        List.of(
                                new AliasValue.Address(
                                        new Mailbox("\u7532", "xn--bcher-kva.example")),
                                new AliasValue.User("bob"))),
                table.lookup(Service.ALIAS, "p\u00e9l\u00e9").then(AliasValues::parse));
    }

    @Test
    void whatIsNotUtf8IsNoRecipient() {
        assertInstanceOf(Answer.Failed.class, AliasValues.parse("p\u00e9l\u00e9@example.org"));
    }

    @Test
    void aLoginMaySendAsAMailboxInUtf8() throws Exception {
        var table = table("bob: \u7532@*.b\u00fccher.example, P\u00e9l\u00e9\n");
        for (var mailbox :
                List.of(
                        "\u7532@a.xn--bcher-kva.example",
                        "\u7532+x@a.xn--bcher-kva.example",
                        "p\u00e9l\u00e9@x.example")) {
            assertInstanceOf(
                    Answer.Found.class, table.covers(Service.MAILADDRMAP, "BOB", mailbox), mailbox);
        }
        for (var mailbox : List.of("\u7533@a.xn--bcher-kva.example", "", "bob@x.example")) {
            assertInstanceOf(
                    Answer.Absent.class,
                    table.covers(Service.MAILADDRMAP, "bob", mailbox),
                    mailbox);
        }
    }
}
