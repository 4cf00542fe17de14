package org.postern.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postern.mail.Chunk;

/// The lexical rules of smtpd.conf, one line of text and its tokens at a time.
class LexerTest {
    static final Host HOST = new Host("mx.example.org", List.of("127.0.0.1", "[::1]"));

    /// Tokens as a test writes them: S(text), K(text), N(text), the rest as it is, `;` for a
    /// newline.
    private static String tokens(String text, String... defines) throws Syntax {
        var sources =
                new Sources(
                        "c",
                        List.of(new SourceFile("c", Chunk.of(text))),
                        List.of(defines),
                        HOST,
                        1);
        return tokens(new Lexer(sources));
    }

    private static String tokens(Lexer lexer) throws Syntax {
        var shown = new ArrayList<String>();
        for (var token = lexer.next(); token.kind() != Token.Kind.END; token = lexer.next()) {
            shown.add(
                    switch (token.kind()) {
                        case STRING -> "S(" + token.text() + ")";
                        case KEYWORD -> "K(" + token.text() + ")";
                        case NUMBER -> "N(" + token.text() + ")";
                        case NEWLINE -> ";";
                        case ARROW, PUNCTUATION, END -> token.text();
                    });
        }
        return String.join(" ", shown);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "match from any      | K(match) K(from) K(any) ;",
                "Match MATCH         | S(Match) S(MATCH) ;",
                "\"match\" 'a b'     | S(match) S(a b) ;",
                "foo#bar             | S(foo) ;",
                "# all of it         | ;",
                "a=b a=>b a => b     | S(a) = S(b) S(a) => S(b) S(a) => S(b) ;",
                "25 -7 25,           | N(25) N(-7) N(25) , ;",
                "10.0.0.1 4d 35M     | S(10.0.0.1) S(4d) S(35M) ;",
                "192.168.0.0/16      | S(192.168.0.0/16) ;",
                "2001:db8::1 ::1     | S(2001:db8::1) S(::1) ;",
                "25/x                | N(25) / S(x) ;",
                "- -x                | - - S(x) ;",
                "-5x                 | - S(5x) ;",
                "<local> { a, b }    | < K(local) > { S(a) , S(b) } ;",
                "@a *b .c /d         | @ S(a) * S(b) . S(c) / S(d) ;",
                "foo@bar a*b file:/x | S(foo@bar) S(a*b) S(file:/x) ;",
                "user@*.dom          | S(user@*.dom) ;",
                "a$b                 | S(a$b) ;",
                "!tag _x             | ! K(tag) S(_x) ;",
                "\"a'b\" 'a\"b'      | S(a'b) S(a\"b) ;",
                "007                 | N(7) ;",
                "\\# x               | ;",
                "a\\ b               | S(a) S(b) ;",
                "max-rcpt max-mails  | S(max-rcpt) S(max-mails) ;",
            })
    void aLineGivesItsTokens(String text, String expected) throws Exception {
        assertEquals(expected, tokens(text));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"a\\\"b\" | S(a\"b)",
                "\"a\\ b\"  | S(a b)",
                "\"a\\\\\"  | fails",
                "\"a\\.b\"  | S(a\\.b)",
                "\"a\\\\b\" | S(a\\\\b)",
                "'a\\\"b'   | S(a\\\"b)",
                "\"a        | fails",
            })
    void aBackslashInQuotesProtectsOnlyTheQuoteAndBlanks(String text, String expected)
            throws Exception {
        if (expected.equals("fails")) {
            assertThrows(Syntax.class, () -> tokens(text));
        } else {
            assertEquals(expected + " ;", tokens(text));
        }
    }

    @Test
    void aBackslashJoinsLines() throws Exception {
        assertEquals(
                "K(match) K(from) K(any) ;",
                tokens("match \\\n \\\nfrom \\\nany\n").replace("; ;", ";"));
    }

    @Test
    void aBackslashContinuesEvenAComment() throws Exception {
        assertEquals("; S(b) ; ;", tokens("# a \\\n still\nb\n"));
    }

    @Test
    void aNewlineInQuotesIsDropped() throws Exception {
        assertEquals("S(ab) S(c) ;", tokens("\"a\nb\" c"));
    }

    @Test
    void everyFileEndsWithANewline() throws Exception {
        assertEquals("S(a) ;", tokens("a"));
        assertEquals("S(a) ; ;", tokens("a\n"));
    }

    @Test
    void aMacroIsReadAgainAsText() throws Exception {
        assertEquals("{ S(x) , S(y) } ;", tokens("{ $a }", "a=x, y"));
        assertEquals("N(25) ;", tokens("$a", "a=25"));
        assertEquals("K(match) ;", tokens("$a", "a=match"));
        assertEquals("S(x y) ;", tokens("$a", "a='x y'"));
    }

    @Test
    void aMacroGluesToWhatFollows() throws Exception {
        assertEquals("S(file:/etc/aliases) ;", tokens("$d/aliases", "d=file:/etc"));
    }

    @Test
    void aMacroIsNotExpandedWithinAnother() throws Exception {
        assertEquals("$ S(b) ;", tokens("$a", "a=$b", "b=c"));
    }

    @Test
    void theFirstDefinitionOfTheCommandLineWins() throws Exception {
        assertEquals("S(one) ;", tokens("$a", "a=one", "a=two"));
    }

    @Test
    void aDefinitionOfTheCommandLineSplitsAtItsLastEquals() throws Exception {
        assertThrows(Syntax.class, () -> tokens("$a", "a=b=c"));
    }

    @Test
    void aFileCannotRedefineAMacroOfTheCommandLine() throws Exception {
        var lexer =
                new Lexer(
                        new Sources(
                                "c",
                                List.of(new SourceFile("c", Chunk.of("$a $b"))),
                                List.of("a=1"),
                                HOST,
                                1));
        lexer.define("a", "2", Position.BUILT_IN);
        lexer.define("b", "2", Position.BUILT_IN);
        lexer.define("b", "3", Position.BUILT_IN);
        assertEquals("N(1) N(3) ;", tokens(lexer));
    }

    @Test
    void anUndefinedMacroIsAnError() {
        var error = assertThrows(Syntax.class, () -> tokens("a $b"));
        assertEquals(
                "c:1:3: no macro \"b\" is defined before this line", error.problem().headline());
    }

    @Test
    void controlBytesAreErrors() {
        assertThrows(Syntax.class, () -> tokens("a\u0001"));
        assertThrows(Syntax.class, () -> tokens("\"a\u0000\""));
        assertThrows(Syntax.class, () -> tokens("\u00e4"));
    }

    @Test
    void bytesAboveAsciiMayStandInQuotes() throws Exception {
        assertEquals("S(\u00e4) ;", tokens("\"\u00e4\""));
    }

    @Test
    void aNumberBeyond64BitsIsAnError() {
        assertThrows(Syntax.class, () -> tokens("9223372036854775808"));
        assertThrows(Syntax.class, () -> tokens("x".repeat(Lexer.MAX_WORD + 1)));
    }

    @Test
    void tokensKnowWhereTheyStand() throws Exception {
        var lexer = new Lexer(Sources.of("c", "a \\\n  b\n\"c\nd\" e", HOST));
        var places = new ArrayList<String>();
        for (var token = lexer.next(); token.kind() != Token.Kind.END; token = lexer.next()) {
            places.add(token.at().line() + ":" + token.at().column());
        }
        assertEquals(List.of("1:1", "2:3", "2:4", "3:1", "4:4", "4:5"), places);
    }

    @Test
    void allReservedWordsAreThere() {
        assertEquals(103, Lexer.RESERVED.size());
        assertTrue(Lexer.RESERVED.contains("warn-interval"));
    }
}
