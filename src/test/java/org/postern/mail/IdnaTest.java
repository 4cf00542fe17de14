package org.postern.mail;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Domains in two forms, RFC 5890 section 2.3.2.
class IdnaTest {
    /// Samples of RFC 3492 section 7.1, and names that are in use.
    @ParameterizedTest
    @CsvSource({
        "b\u00fccher.example, xn--bcher-kva.example",
        "\u4ed6\u4eec\u4e3a\u4ec0\u4e48\u4e0d\u8bf4\u4e2d\u6587, xn--ihqwcrb4cv8a8dqg056pqjye",
        "3\u5e74b\u7d44\u91d1\u516b\u5148\u751f, xn--3b-ww4c5e180e575a65lsy2b",
        "fa\u00df.de, xn--fa-hia.de",
        "\u03b2\u03cc\u03bb\u03bf\u03c2.com, xn--nxasmm1c.com",
        "\u0926\u094d\u0935\u093e\u0930\u0915\u093e.example, xn--11b7a4at9bc4h.example"
    })
    void eachFormLeadsToTheOther(String own, String ascii) {
        assertEquals(Optional.of(ascii), Idna.toAscii(own));
        assertEquals(own, Idna.toUnicode(ascii));
    }

    @Test
    void capitalsAndWideFormsAreTheSameName() {
        assertEquals(Optional.of("xn--bcher-kva.example"), Idna.toAscii("B\u00dcCHER.example"));
        assertEquals(Optional.of("xn--bcher-kva.example"), Idna.toAscii("bu\u0308cher.example"));
        assertEquals(Optional.of("abc"), Idna.toAscii("\uff21\uff22\uff23"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a\u20ac.example",
                "\u0301a.example",
                "-\u00fc.example",
                "\u00fc-.example",
                "ab--\u00fc.example",
                "\u00fc\u202e.example",
                "\u2603.example",
                "\ud800.example"
            })
    void whatIsNoLabelIsRefused(String domain) {
        assertEquals(Optional.empty(), Idna.toAscii(domain));
    }

    @ParameterizedTest
    @ValueSource(strings = {"xn--", "xn--a", "xn--99999999", "xn--\u007f", "xn--abc-", "plain"})
    void whatStandsForNothingStaysAsItIs(String label) {
        assertEquals(label, Idna.toUnicode(label));
    }

    @Test
    void aLocalPartMayHaveOtherLettersButNothingInvisible() {
        assertTrue(AddressSyntax.isInternationalLocalPart("p\u00e9l\u00e9.x"));
        assertTrue(AddressSyntax.isInternationalLocalPart("\ud83d\ude00"));
        for (var bad :
                new String[] {"\u202ea", "a\u00a0b", "\u0085", "\ud800", "\u00e9..a", ".\u00e9"}) {
            assertEquals(false, AddressSyntax.isInternationalLocalPart(bad));
        }
        assertEquals(false, AddressSyntax.isInternationalLocalPart("\u7532".repeat(86)));
    }

    /// RFC 5893 sections 4.1 and 4.2: words that end in a mark, which the older rule refused.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u0786\u07ae\u0782\u07b0\u0795\u07a9\u0793\u07a6\u0783\u07aa",
                "\u05d9\u05b4\u05d5\u05d0\u05b8",
                "\u05d0.example",
                "\u05d01.a1.example",
                "\u0627\u0661.example",
                "a.b\u00fc.1\u00e9"
            })
    void wordsFromRightToLeftAreNames(String domain) {
        assertTrue(Idna.toAscii(domain).isPresent());
        assertEquals(domain, Idna.toUnicode(Idna.toAscii(domain).orElseThrow()));
    }

    /// RFC 5893 section 2: each of these could be read in another order.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u05d0a.example",
                "a\u05d0.example",
                "1\u05d0.example",
                "\u05d01\u0661.example",
                "\u05d0-.example",
                "\u05d0.1a.example",
                "\u05d0.a-b.1",
                "\u0661.example",
                "b\u00fc.xn--4db.1c"
            })
    void whatCouldBeReadInAnotherOrderIsNoName(String domain) {
        assertEquals(Optional.empty(), Idna.toAscii(domain));
    }
}
