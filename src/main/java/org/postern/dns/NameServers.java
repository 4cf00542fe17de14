package org.postern.dns;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.postern.mail.AddressSyntax;

/// The servers to ask, as resolv.conf(5) lists them. `search`, `domain` and `options` mean nothing
/// here: names are always complete.
///
///     nameserver 192.0.2.53 | 2001:db8::53 | 192.0.2.53:5353 | [2001:db8::53]:5353
///
/// A port is an extension of ours.
public record NameServers(List<InetSocketAddress> addresses) {
    private static final int PORT = 53;

    /// At least one; a list of none stands for the server on this machine.
    public NameServers {
        addresses =
                addresses.isEmpty()
                        ? List.of(new InetSocketAddress(Hosts.literal("127.0.0.1"), PORT))
                        : List.copyOf(addresses);
    }

    /// The servers that `DIR/etc/resolv.conf` names, or `/etc/resolv.conf` if there is no such
    /// file.
    public static NameServers under(Path root) throws IOException {
        var own = root.resolve("etc/resolv.conf");
        var file = Files.isReadable(own) ? own : Path.of("/etc/resolv.conf");
        return parse(
                Files.isReadable(file) ? Files.readString(file, StandardCharsets.ISO_8859_1) : "");
    }

    /// The servers that the text of a resolv.conf names; lines that make no sense are passed over.
    static NameServers parse(String text) {
        var servers = new ArrayList<InetSocketAddress>();
        for (var line : text.split("\n", -1)) {
            var words = line.strip().split("\\s+", -1);
            if (words.length >= 2 && words[0].equals("nameserver")) {
                address(words[1]).ifPresent(servers::add);
            }
        }
        return new NameServers(servers);
    }

    private static Optional<InetSocketAddress> address(String text) {
        if (AddressSyntax.isInet4(text) || AddressSyntax.isInet6(text)) {
            return Optional.of(new InetSocketAddress(Hosts.literal(text), PORT));
        }
        int colon = text.lastIndexOf(':');
        if (colon < 0) {
            return Optional.empty();
        }
        var host = text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        var port = text.substring(colon + 1);
        if (!port.matches("[0-9]{1,5}")
                || Integer.parseInt(port) > 65535
                || !(AddressSyntax.isInet4(host) || AddressSyntax.isInet6(host))) {
            return Optional.empty();
        }
        return Optional.of(new InetSocketAddress(Hosts.literal(host), Integer.parseInt(port)));
    }
}
