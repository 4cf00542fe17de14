package org.postern.table;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postern.config.Service;

/// Which entry of a list stands for which key.
class MatcherTest {

    private static boolean matches(Service service, String entries, String key) throws IOException {
        return TestRows.list(List.of(entries.split(" "))).contains(service, key, '+');
    }

    @ParameterizedTest
    @CsvSource({
        "*.example.org, a.example.org, true",
        "*.example.org, a.b.example.org, false",
        "*.example.org, example.org, false",
        "*.EXAMPLE.org, a.example.org, true",
        "*, a, true",
        "*, '', false",
        "example*, example, false",
        "example*, example1, true",
        "*.org, foo.org, true",
        "*.org, foo.bar.org, false",
        "*example.org, xexample.org, true",
        "*example.org, eexample.org, false",
        "**.org, a.org, true",
        "a.b, a.b, true",
        "a.b, ab, false",
        "127.0.0.1, [127.0.0.1], true",
        "[::1], [ipv6:::1], true",
        "[::1], [ipv6:0:0:0:0:0:0:0:1], true",
        "[::1], [::2], false",
    })
    void domains(String entry, String key, boolean expected) throws IOException {
        assertEquals(expected, matches(Service.DOMAIN, entry, key));
    }

    @ParameterizedTest
    @CsvSource({
        "user@d, user@d, true",
        "user@d, user+x@d, true",
        "user+x@d, user@d, false",
        "user+x@d, user+x@d, true",
        "user+x@d, user+y@d, false",
        "user, user@any, true",
        "user, user+x@any, true",
        "user, other@any, false",
        "@d, any@d, true",
        "@d, any@e, false",
        "@*.d, any@x.d, true",
        "@*.d, any@x.y.d, false",
        "user@*, user+x@d, true",
        "user@*, other@d, false",
        "@, any@d, true",
        "@, @, true",
        "@*, @, false",
        "@x, @, false",
        "@*, a@b, true",
        "a*@d, ab@d, false",
        "a*@d, a*@d, true",
        "USER@D, user@d, true",
        "a@b x@y, x@y, true",
        "*@*.d, *@x.d, true",
        "*@*.d, a@x.d, false",
        "a@m*.d, a+x@m1.d, true",
        "a@m*.d, b@m1.d, false",
        "a, +x@d, false",
        "@d, +x@d, true",
    })
    void mailboxes(String entry, String key, boolean expected) throws IOException {
        assertEquals(expected, matches(Service.MAILADDR, entry, key));
    }

    @ParameterizedTest
    @CsvSource({
        "local, local, true",
        "127.0.0.1, 127.0.0.1, true",
        "10, 10.1.2.3, true",
        "10, 11.1.2.3, false",
        "192.168, 192.168.0.7, true",
        "192.168, 192.168.1.7, false",
        "172.16, 172.16.200.1, true",
        "192.168.0.0/16, 192.168.1.7, true",
        "192.168/16, 192.168.1.7, true",
        "0.0.0.0/0, 8.8.8.8, true",
        "0x7f, 127.9.9.9, true",
        "0x7f000001, 127.0.0.1, true",
        "10.0.0.0/8, [::ffff:10.0.0.1], false",
        "::/0, [2001:db8::1], true",
        "::/0, 10.0.0.1, false",
        "2001:db8::/32, [2001:db8:1::1], true",
        "[2001:db8::/32], [2001:db8:1::1], true",
        "[2001:db8::]/32, [2001:db8::1], false",
        "ipv6:2001:db8::1, [2001:db8::1], true",
        "[ipv6:2001:db8::1], [2001:db8:0::1], true",
        "ipv6:[2001:db8::1], [2001:db8::1], true",
        "[fe80::1%eth0], [fe80::1%eth0], true",
        "10.0.0.0/33, 10.0.0.0, false",
        "10.0.0.256, 10.0.0.1, false",
        "1.2.3.4.5, 1.2.3.4, false",
        "::/64, [0:0:0:1::1], false",
        "::/63, [0:0:0:1::1], true",
    })
    void networks(String entry, String key, boolean expected) throws IOException {
        assertEquals(expected, matches(Service.NETADDR, entry, key));
    }

    @ParameterizedTest
    @CsvSource({
        "::, [::]",
        "::1, [::1]",
        "2001:db8:0:0:1:0:0:1, [2001:db8::1:0:0:1]",
        "2001:DB8:0:1:1:1:1:1, [2001:db8:0:1:1:1:1:1]",
        "1:0:0:2:0:0:0:3, [1:0:0:2::3]",
        "::ffff:192.0.2.1, [::ffff:c000:201]",
        "fe80::, [fe80::]",
    })
    void addressesHaveOneForm(String text, String key) {
        assertEquals(key, Inet.inet6(text).orElseThrow().key());
    }
}
