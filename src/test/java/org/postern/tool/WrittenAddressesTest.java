package org.postern.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Addresses as header fields write them.
class WrittenAddressesTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "ann | ann",
                "ann@example.org | ann@example.org",
                "ann, bob ,carol | ann bob carol",
                "Ann <ann@example.org> | ann@example.org",
                "\"Lee, Ann\" <ann@example.org>, bob | ann@example.org bob",
                "\"a \\\" <x@y>\" <ann@example.org> | ann@example.org",
                "ann@example.org (Ann (of <x@y>, the) Office) | ann@example.org",
                "(a \\) b) ann | ann",
                "ann (x) @example.org | ann@example.org",
                "ann . lee @ example . org | ann.lee@example.org",
                "friends: ann, Bob <bob@example.org>; carol | ann bob@example.org carol",
                "undisclosed-recipients:; | ``",
                "<@hop.example,@hop2.example:ann@example.org> | ann@example.org",
                "ann@[192.0.2.1] | ann@[192.0.2.1]",
                "ann@[IPv6:2001:db8::1], bob | ann@[IPv6:2001:db8::1] bob",
                "<> | ``",
                ",, ann ,, | ann",
                "`` | ``",
            })
    void addressesAreFound(String list, String found) throws Exception {
        assertEquals(found, String.join(" ", WrittenAddresses.parse(list)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Ann <ann",
                "ann>",
                "<a <b>>",
                "\"ann",
                "(ann",
                "ann bob",
                "<ann> bob",
                "<a, b>",
                "<a:b>",
                "ann@[192.0.2.1",
            })
    void whatIsNoListIsAnError(String list) {
        assertThrows(WrittenAddresses.BadAddress.class, () -> WrittenAddresses.parse(list));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "ann, ann@here.example",
                "ann@example.org, ann@example.org",
                "\"ann\"@example.org, ann@example.org",
                "\"ann lee\"@example.org, ``",
                "ann@, ``",
                "a b, ``",
            })
    void addressesAreCompleted(String address, String mailbox) {
        assertEquals(
                mailbox,
                WrittenAddresses.complete(address, "here.example")
                        .map(Object::toString)
                        .orElse(""));
    }
}
