package org.postern.front.server;

import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.postern.config.Listen;
import org.postern.log.Log;
import org.postern.mail.AddressSyntax;
import org.postern.mail.AddressText;
import org.postern.table.Answer;
import org.postern.table.TableSet;

/// A listener as those who connect find it, before they are received: whether proxies are expected,
/// and under which name they are greeted.
///
/// @param bound the address that is listened on
record Entrance(Listen listen, Reception reception, InetAddress bound, TableSet tables) {

    /// Does the connection come from a proxy that is believed? Empty where none is expected.
    Optional<Answer<String>> isProxy(Socket socket) {
        return listen.proxies().map(proxies -> isProxy(proxies, socket));
    }

    private Answer<String> isProxy(Listen.Proxies proxies, Socket socket) {
        var client = socket.getInetAddress();
        return switch (proxies) {
            case Listen.Proxies.Listed(var table) ->
                    tables.contains(table, AddressText.key(client));
            case Listen.Proxies.OfThisMachine() ->
                    client.isLoopbackAddress() || client.equals(socket.getLocalAddress())
                            ? new Answer.Found<>(AddressText.key(client))
                            : new Answer.Absent<>();
        };
    }

    /// May this client say for whom it speaks? If that cannot be found out, it may not.
    boolean maySpeakForOthers(InetAddress client, Log log) {
        return listen.speakers().isPresent()
                && switch (tables.contains(listen.speakers().get(), AddressText.key(client))) {
                    case Answer.Found<String> _ -> true;
                    case Answer.Absent<String>() -> false;
                    case Answer.Failed<String>(var cause) -> {
                        log.warn("smtp: cannot tell who may say XCLIENT: " + Log.visible(cause));
                        yield false;
                    }
                };
    }

    /// Is TLS spoken from the first byte? Then nothing is ever said in the clear.
    boolean isTlsOnly() {
        return listen.security().filter(Listen.Security.SMTPS::equals).isPresent();
    }

    /// How a client is received that has connected to one of `addresses`, the first that the table
    /// of names knows. If it knows none, or cannot be asked, it is the listener's own name.
    Reception receptionAt(List<InetAddress> addresses, Log log) {
        var table = listen.hostnames();
        if (table.isEmpty()) {
            return reception;
        }
        var asked = new ArrayList<>(addresses);
        asked.add(bound);
        for (var address : asked) {
            var use = table.get();
            var key = AddressText.key(address);
            switch (tables.table(use.name()).lookup(use.service(), key)) {
                case Answer.Found<String>(var name) when AddressSyntax.isHostName(name) -> {
                    return reception.called(name);
                }
                case Answer.Found<String>(var name) ->
                        log.warn(
                                "smtp: no host name for %s: \"%s\""
                                        .formatted(key, Log.quoted(name)));
                case Answer.Failed<String>(var cause) -> {
                    log.warn("smtp: no host name for " + key + ": " + Log.visible(cause));
                    return reception;
                }
                case Answer.Absent<String>() -> {}
            }
        }
        return reception;
    }
}
