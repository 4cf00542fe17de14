package org.postern.message;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is read in a list of addresses, and what is said of what is none.
class AddressListTest {
    @Test
    void mailboxesHaveTheirPlacesInTheirOrder() {
        assertEquals(
                new AddressList.Found(
                        List.of(
                                new AddressList.Place(0, 3, "a@b"),
                                new AddressList.Place(7, 16, "c@d"))),
                AddressList.read("a@b, x<c (x) @ d>"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "a (b | a comment without its end",
                "`\"a` | a quoted string without its end",
                "a@[1.2.3.4 | an address literal without its end",
                "<a | a \"<\" without its \">\"",
                "a> | a stray \">\"",
                "<a> b | a stray \"b\"",
                "a b | more than an address",
                "a@ | an address without its domain",
                "@b | an address without a name",
                "g: a | a group without its \";\"",
                "a; b | a stray \";\"",
                "<@a> | a route without its end",
            })
    void whatIsWrongIsSaid(String list, String why) {
        assertEquals(new AddressList.Malformed(why), AddressList.read(list));
    }
}
