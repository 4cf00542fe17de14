package org.postern.dns;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.postern.dns.Resolver.Family;
import org.postern.mail.AddressSyntax;

/// The hosts file: names that are known without asking anybody. `localhost` is always among them
/// (RFC 6761 section 6.3).
final class Hosts {
    private final Map<String, List<InetAddress>> addresses = new HashMap<>();
    private final Map<InetAddress, String> names = new HashMap<>();

    /// Reads hosts(5) text; lines that make no sense are passed over.
    static Hosts parse(String text) {
        var hosts = new Hosts();
        for (var line : text.split("\n", -1)) {
            int comment = line.indexOf('#');
            hosts.add((comment < 0 ? line : line.substring(0, comment)).strip().split("\\s+", -1));
        }
        if (!hosts.addresses.containsKey("localhost")) {
            hosts.add(new String[] {"127.0.0.1", "localhost"});
            hosts.add(new String[] {"::1", "localhost"});
        }
        return hosts;
    }

    /// Reads `file`; one that is not there holds only `localhost`.
    static Hosts read(Path file) throws IOException {
        return parse(
                Files.isReadable(file) ? Files.readString(file, StandardCharsets.ISO_8859_1) : "");
    }

    private void add(String[] words) {
        if (words.length < 2
                || !(AddressSyntax.isInet4(words[0]) || AddressSyntax.isInet6(words[0]))) {
            return;
        }
        var address = literal(words[0]);
        names.putIfAbsent(address, words[1]);
        for (int i = 1; i < words.length; i++) {
            var known =
                    addresses.computeIfAbsent(AddressSyntax.fold(words[i]), _ -> new ArrayList<>());
            if (!known.contains(address)) {
                known.add(address);
            }
        }
    }

    /// The addresses of `host` in one family; empty if the file does not know the host at all.
    Optional<List<InetAddress>> addresses(String host, Family family) {
        return Optional.ofNullable(addresses.get(AddressSyntax.fold(host)))
                .map(all -> all.stream().filter(a -> Family.of(a) == family).toList());
    }

    /// The first name of `address`, if the file knows it.
    Optional<String> name(InetAddress address) {
        return Optional.ofNullable(names.get(address));
    }

    /// The address that `text` writes, which is known to be one, so that nobody is asked.
    static InetAddress literal(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("not an address: " + text, e);
        }
    }
}
