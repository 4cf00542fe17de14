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

    /// Sections 8.2 and 8.3 of the description of OpenSMTPD, and S30 and S31, the sharp edges that
    /// are mended.
    @ParameterizedTest
    @CsvSource(
            delimiterString = "::",
            textBlock =
                    """
                    8.2 sender          :: %{sender}                 :: Ann+x@example.net
                    8.2 sender.user     :: %{sender.user}            :: Ann+x
                    8.2 sender.domain   :: %{sender.domain}          :: example.net
                    8.2 rcpt            :: %{rcpt}                   :: list+Tag@Example.org
                    8.2 rcpt.user       :: %{rcpt.user}              :: list+Tag
                    8.2 rcpt.domain     :: %{rcpt.domain}            :: Example.org
                    8.2 dest            :: %{dest}                   :: us:er@example.org
                    8.2 dest.user       :: %{dest.user}              :: us:er
                    8.2 dest.domain     :: %{dest.domain}            :: example.org
                    8.2 user.username   :: %{user.username}          :: user
                    8.2 user.directory  :: %{user.directory}         :: /home/user
                    8.2 mbox.from       :: %{mbox.from}              :: Ann+x@example.net
                    8.2 mda             :: %{mda}                    :: error
                    8.2 case            :: %{DEST.Domain}            :: example.org
                    8.2 other           :: %{user}                   :: error
                    8.2 other           :: %{dest.host}              :: error
                    8.2 other           :: %{ dest }                 :: error
                    8.3 percent         :: 5%%{dest}                 :: 5%{dest}
                    8.3 percent         :: %d %                      :: %d %
                    8.3 percent         :: %%%{dest.domain[0]}       :: %e
                    8.3 home            :: ~/a ~/b                   :: /home/user/a ~/b
                    8.3 home            :: ~user/a                   :: ~user/a
                    """)
    void eachStatementOnSpecifiers(String section, String template, String expected) {
        check(section, template, expected);
    }

    private static void check(String section, String template, String expected) {
        var text = command(template);
        assertEquals(expected, text.startsWith("error: ") ? "error" : text, section);
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = "::",
            textBlock =
                    """
                    8.3 range n         :: %{dest.domain[0]}         :: e
                    8.3 range n         :: %{dest.domain[10]}        :: g
                    8.3 range n         :: %{dest.domain[11]}        :: error
                    8.3 range n         :: %{dest.domain[-1]}        :: error
                    8.3 range a:        :: %{dest.domain[8:]}        :: org
                    8.3 range -a:       :: %{dest.domain[-3:]}       :: org
                    8.3 range -a:       :: %{dest.domain[-11:]}      :: example.org
                    8.3 range -a:       :: %{dest.domain[-12:]}      :: error
                    8.3 range a:b       :: %{dest.domain[0:6]}       :: example
                    8.3 range a:b       :: %{dest.domain[6:6]}       :: e
                    8.3 range a:-b      :: %{dest.domain[0:-4]}      :: example
                    8.3 range a:-b      :: %{dest.domain[0:-1]}      :: example.or
                    8.3 range -a:-b     :: %{dest.domain[-4:-2]}     :: .o
                    8.3 range :b        :: %{dest.domain[:3]}        :: exam
                    8.3 range clipped   :: %{dest.domain[8:1024]}    :: org
                    8.3 range largest   :: %{dest.domain[8:1025]}    :: error
                    8.3 range smallest  :: %{dest.domain[-1025:]}    :: error
                    8.3 range a beyond  :: %{dest.domain[11:]}       :: error
                    8.3 range a > b     :: %{dest.domain[3:2]}       :: error
                    8.3 range empty     :: %{dest.domain[]}          :: error
                    8.3 range a word    :: %{dest.domain[1:x]}       :: error
                    8.3 range open      :: %{dest.domain[1}          :: error
                    8.3 behind a range  :: %{dest.domain[1]junk}     :: error
                    8.3 lowercase       :: %{rcpt:lowercase}         :: list+tag@example.org
                    8.3 uppercase       :: %{rcpt:UpperCase}         :: LIST+TAG@EXAMPLE.ORG
                    8.3 strip           :: %{rcpt:strip}             :: list@Example.org
                    8.3 strip to end    :: %{rcpt.user:strip}        :: list
                    8.3 strip nothing   :: %{rcpt.domain:strip}      :: Example.org
                    8.3 raw             :: %{dest:raw}               :: us|er@example.org
                    8.3 left to right   :: %{rcpt.user:uppercase|strip|lowercase} :: list
                    8.3 no such         :: %{rcpt:reverse}           :: error
                    8.3 none            :: %{rcpt:}                  :: error
                    8.3 none            :: %{rcpt:raw|}              :: error
                    8.3 clean, range    :: %{dest.user[2]}           :: :
                    S30 range, modifier :: %{rcpt.user[0:3]:uppercase} :: LIST
                    S30 strip, range    :: %{rcpt.user[-2:]:strip}   :: st
                    S30 raw, range      :: %{dest.user[2]:raw}       :: |
                    S30 other order     :: %{rcpt.user:uppercase[0:3]} :: error
                    S31 unclosed        :: cat %{dest                :: error
                    S31 unclosed        :: %{dest} %{                :: error
                    S31 nested          :: %{%{dest}}                :: error
                    """)
    void eachStatementOnRangesAndModifiers(String section, String template, String expected) {
        check(section, template, expected);
    }

    /// 8.2, 8.3: the null sender is empty, whatever is asked of it.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "%{sender}",
                "%{sender.user}",
                "%{sender.domain}",
                "%{sender[5]}",
                "%{sender.user:uppercase|strip}",
                "%{sender[1:2]:raw}",
            })
    void theNullSenderIsEmpty(String template) {
        var values = new Template.Values("", "a@b.c", "a@b.c", "a", "/", "", '+');
        assertEquals(new Template.Expansion.Text(""), Template.command(template, values));
    }

    /// S31: 127 bytes are read, 128 are an error and nothing is run as it stands.
    @ParameterizedTest
    @CsvSource({"127, read", "128, error"})
    void aSpecifierHasALongestLength(int length, String begin) {
        var many = "lowercase|".repeat(20).substring(0, length - "dest:".length() - 3) + "raw";
        var text = command("%{dest:" + many + "}");
        assertEquals(
                begin.startsWith("error"),
                text.startsWith("error: overlong"),
                many.length() + ": " + text);
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
