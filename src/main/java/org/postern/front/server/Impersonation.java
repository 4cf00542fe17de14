package org.postern.front.server;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.Optional;
import org.postern.dns.ClientNames.ClientName;
import org.postern.front.login.LoginName;
import org.postern.mail.AddressSyntax;
import org.postern.mail.AddressText;
import org.postern.mail.Chunk;
import org.postern.mail.Origin;
import org.postern.smtp.Xtext;

/// XCLIENT, as Postfix documents it: a client that is named in the configuration says for whom it
/// speaks. What is not said is not known; nothing of the speaker itself stays but its connection.
final class Impersonation {
    /// The attributes, as EHLO offers them.
    static final String OFFER = "XCLIENT NAME ADDR PORT PROTO HELO LOGIN DESTADDR DESTPORT";

    private static final String UNAVAILABLE = "[UNAVAILABLE]";
    private static final String TEMPORARILY = "[TEMPUNAVAIL]";
    private static final InetAddress UNKNOWN = AddressText.parse("0.0.0.0");

    private final InetSocketAddress speaker;
    private InetSocketAddress client;
    private InetSocketAddress server;
    private ClientName name = new ClientName.Nameless();
    private Origin.Login login = new Origin.Login.Anonymous();
    private String helo = "";
    private Claim.Protocol protocol = Claim.Protocol.UNSAID;

    private Impersonation(Peer.Ends.Network ends) {
        this.speaker = ends.client();
        this.client = ends.client();
        this.server = ends.server();
    }

    /// The claim that `argument` makes over a connection between these ends; empty if it is
    /// malformed, or if a client of another machine claims to be of this one.
    static Optional<Claim> parse(String argument, Peer.Ends.Network ends) {
        var parsed = new Impersonation(ends);
        var words = argument.strip().split("[ \t]+", -1);
        for (var word : words) {
            int equals = word.indexOf('=');
            var value = equals < 0 ? Optional.<String>empty() : value(word.substring(equals + 1));
            if (value.isEmpty()
                    || !parsed.take(
                            word.substring(0, equals).toUpperCase(Locale.ROOT), value.get())) {
                return Optional.empty();
            }
        }
        return Optional.of(parsed.claim());
    }

    private static Optional<String> value(String xtext) {
        return Xtext.decode(xtext)
                .filter(text -> !text.isEmpty() && text.length() <= 255)
                .filter(text -> text.chars().allMatch(c -> c > ' ' && c < 127));
    }

    private boolean take(String attribute, String value) {
        boolean unknown = value.equals(UNAVAILABLE) || value.equals(TEMPORARILY);
        return switch (attribute) {
            case "NAME" -> unknown ? hasNoName(value) : isCalled(value);
            case "ADDR" -> comesFrom(unknown ? Optional.of(UNKNOWN) : address(value));
            case "PORT" -> unknown || isPort(value);
            case "DESTADDR" -> unknown || goesTo(address(value));
            case "DESTPORT" -> unknown || isPort(value);
            case "PROTO" -> unknown || speaks(value);
            case "HELO" -> unknown || saysHello(value);
            case "LOGIN" -> unknown || isLoggedIn(value);
            default -> false;
        };
    }

    private boolean hasNoName(String why) {
        name =
                why.equals(TEMPORARILY)
                        ? new ClientName.CouldNotLook("so a proxy says")
                        : new ClientName.Nameless();
        return true;
    }

    private boolean isCalled(String value) {
        name = new ClientName.Confirmed(value);
        return AddressSyntax.isHostName(value);
    }

    private static Optional<InetAddress> address(String value) {
        var text = value.regionMatches(true, 0, "IPV6:", 0, 5) ? value.substring(5) : value;
        return AddressSyntax.isInet4(text) || AddressSyntax.isInet6(text)
                ? Optional.of(AddressText.parse(text))
                : Optional.empty();
    }

    /// A loopback address is its own machine's: ours is trusted with more than others are.
    private boolean comesFrom(Optional<InetAddress> address) {
        if (address.isEmpty()
                || address.get().isMulticastAddress()
                || (address.get().isLoopbackAddress()
                        && !speaker.getAddress().isLoopbackAddress())) {
            return false;
        }
        client = new InetSocketAddress(address.get(), client.getPort());
        return true;
    }

    private boolean goesTo(Optional<InetAddress> address) {
        address.ifPresent(to -> server = new InetSocketAddress(to, server.getPort()));
        return address.isPresent();
    }

    private static boolean isPort(String value) {
        return value.matches("[0-9]{1,5}") && Integer.parseInt(value) <= 65_535;
    }

    private boolean speaks(String value) {
        protocol = value.equalsIgnoreCase("SMTP") ? Claim.Protocol.SMTP : Claim.Protocol.ESMTP;
        return value.equalsIgnoreCase("SMTP") || value.equalsIgnoreCase("ESMTP");
    }

    private boolean saysHello(String value) {
        helo = value;
        return AddressSyntax.isDomain(value);
    }

    private boolean isLoggedIn(String value) {
        var name = LoginName.read(Chunk.of(value));
        name.ifPresent(user -> login = new Origin.Login.As(user));
        return name.isPresent();
    }

    private Claim claim() {
        var peer = Peer.remote(new Peer.Ends.Network(client, server), name);
        return new Claim(peer, login, helo, protocol);
    }
}
