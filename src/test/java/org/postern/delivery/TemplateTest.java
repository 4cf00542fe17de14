package org.postern.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Format specifiers: the tables of the manual, and what may not come out of a name.
class TemplateTest {
    private static final Template.Values VALUES =
            new Template.Values(
                    "Ann+x@example.net",
                    "list+Tag@Example.org",
                    "us|er@example.org",
                    "user",
                    "/home/user",
                    "",
                    '+');

    private static String command(String template) {
        return switch (Template.command(template, VALUES)) {
            case Template.Expansion.Text(var text) -> text;
            case Template.Expansion.Malformed(var why) -> "error: " + why;
        };
    }

    private static Template.Expansion path(String template, String original, String sender) {
        return Template.path(
                template,
                new Template.Values(
                        sender, original, "user@example.org", "user", "/home/user", "", '+'));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "plain; plain",
                "100%%; 100%",
                "5% off; 5% off",
                "~/x; /home/user/x",
                "a~/x; a~/x",
                "%{sender}; Ann+x@example.net",
                "%{SENDER.User}; Ann+x",
                "%{sender.domain}; example.net",
                "%{rcpt}; list+Tag@Example.org",
                "%{rcpt.user}; list+Tag",
                "%{rcpt.domain}; Example.org",
                "%{dest}; us:er@example.org",
                "%{dest.user}; us:er",
                "%{dest:raw}; us|er@example.org",
                "%{dest.domain}; example.org",
                "%{user.username}; user",
                "%{user.directory}; /home/user",
                "%{mbox.from}; Ann+x@example.net",
                "%{rcpt:lowercase}; list+tag@example.org",
                "%{rcpt.domain:uppercase}; EXAMPLE.ORG",
                "%{rcpt:strip}; list@Example.org",
                "%{rcpt.user:strip|UPPERCASE}; LIST",
                "%{dest.domain[0]}; e",
                "%{dest.domain[8:]}; org",
                "%{dest.domain[-3:]}; org",
                "%{dest.domain[0:6]}; example",
                "%{dest.domain[0:-4]}; example",
                "%{dest.domain[:3]}; exam",
                "%{dest.domain[0:1000]}; example.org",
                "%{rcpt.user[0]:uppercase}; L",
                "%{dest.user[2:]:raw}; |er",
            })
    void specifiersStandForTheirValues(String template, String text) {
        assertEquals(text, command(template));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%{nobody}",
                "%{}",
                "%{sender",
                "%{sender:loud}",
                "%{sender:}",
                "%{dest.domain[-1]}",
                "%{dest.domain[20:]}",
                "%{dest.domain[5:2]}",
                "%{dest.domain[]}",
                "%{dest.domain[:]}",
                "%{dest.domain[x]}",
                "%{dest.domain[0:2000]}",
                "%{dest.domain[0}",
                "%{dest.domain[0]x}",
                "%{mda}",
            })
    void aMalformedSpecifierIsAnError(String template) {
        assertInstanceOf(Template.Expansion.Malformed.class, Template.command(template, VALUES));
    }

    @Test
    void anOverlongSpecifierIsAnError() {
        assertInstanceOf(
                Template.Expansion.Malformed.class,
                Template.command("%{" + "x".repeat(200) + "}", VALUES));
    }

    @Test
    void anOverlongTextIsAnError() {
        assertInstanceOf(
                Template.Expansion.Malformed.class,
                Template.command("%{sender}".repeat(1000), VALUES));
    }

    @Test
    void eachShellCharacterBecomesAColon() {
        assertEquals(":".repeat(13), Template.sanitised("!#$%&'*?`{|}~"));
    }

    @Test
    void charactersBeyondTheListAreLeftAlone() {
        assertEquals("/^+-=_.", Template.sanitised("/^+-=_."));
    }

    @Test
    void theNullSenderIsMailerDaemonInAMailbox() {
        var values = new Template.Values("", "a@b.c", "a@b.c", "a", "/", "", '+');
        assertEquals(
                new Template.Expansion.Text("MAILER-DAEMON"),
                Template.command("%{mbox.from}", values));
    }

    @Test
    void anEmptyValueHasNoRange() {
        var values = new Template.Values("", "a@b.c", "a@b.c", "a", "/", "", '+');
        assertEquals(
                new Template.Expansion.Text("[]"), Template.command("[%{sender[3:9]}]", values));
    }

    @Test
    void aSlashInANameIsNoPathSeparator() {
        assertEquals(
                new Template.Expansion.Text("/mail/a:b"),
                path("/mail/%{rcpt.user:raw}", "a/b@example.org", ""));
    }

    @Test
    void aNameDoesNotBeginAComponentWithADot() {
        assertInstanceOf(
                Template.Expansion.Malformed.class,
                path("/mail/%{rcpt.user[1:]}", "a.b@example.org", ""));
    }

    @Test
    void anEmptyNameDoesNotMakeAComponentVanish() {
        assertInstanceOf(
                Template.Expansion.Malformed.class,
                path("/mail/%{sender.domain}", "a@example.org", ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/mail/../x", "/mail/.", "mail/x", "", "/a\tb"})
    void onlyAbsolutePathsWithoutDotsAreMade(String template) {
        assertInstanceOf(Template.Expansion.Malformed.class, path(template, "a@example.org", ""));
    }

    @Test
    void theInnerCommandIsNotSanitised() {
        assertEquals(
                new Template.Expansion.Text("nice x | y"),
                Template.command("nice %{mda}", VALUES.around("x | y")));
    }
}
