package org.postern.front.relay;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.Locale;
import org.postern.front.filter.Client;
import org.postern.front.filter.Event;
import org.postern.front.filter.Notes;
import org.postern.front.filter.Screen;
import org.postern.log.Log;
import org.postern.mail.AddressSyntax;
import org.postern.mail.MessageId;
import org.postern.mail.SessionId;
import org.postern.smtp.Command;
import org.postern.tls.Agreement;

/// What filter programs are told of a session with a next hop: the events of `smtp-out`. Where
/// there are no programs it costs nothing. Belongs to the thread of the session.
final class Watchers implements Wire.Witness {
    private final Screen screen;

    Watchers(Screen screen) {
        this.screen = screen;
    }

    /// Writes down what programs have to say of the session `id`.
    static Notes notes(Log log, SessionId id) {
        return new Notes() {
            @Override
            public void report(String kind, String filter, String text) {
                log.info(
                        id + " mta filter=" + Log.visible(filter) + " report=" + Log.visible(text));
            }

            @Override
            public void trouble(String what) {
                log.warn(id + " mta " + Log.visible(what));
            }
        };
    }

    /// Is anybody there?
    boolean areThere() {
        return screen.tells();
    }

    /// A connection from our address to the next hop's, which has this name, or `<unknown>`.
    void connected(SocketAddress from, SocketAddress to, String name) {
        if (areThere()) {
            var client = new Client("", name, Client.Confirmation.PASS, end(from), end(to));
            screen.tell(Event.LINK_CONNECT, client.introduction());
        }
    }

    private static String end(SocketAddress address) {
        return switch (address) {
            case InetSocketAddress inet -> Stop.key(inet.getAddress()) + ':' + inet.getPort();
            case UnixDomainSocketAddress unix -> "unix:" + unix.getPath();
            default -> address.toString();
        };
    }

    @Override
    public void said(String line) {
        screen.tell(Event.PROTOCOL_CLIENT, Command.masked(line));
    }

    @Override
    public void heard(String line) {
        screen.tell(Event.PROTOCOL_SERVER, line);
    }

    @Override
    public void timedOut() {
        screen.tell(Event.TIMEOUT, "");
    }

    /// The next hop has greeted us.
    void greeted(PeerReply greeting) {
        var first = greeting.lines().getFirst().strip().split("[ \t]", 2)[0];
        screen.tell(Event.LINK_GREETING, AddressSyntax.isDomain(first) ? first : "");
    }

    /// We have said who we are.
    void identified(String verb, String helo) {
        screen.tell(Event.LINK_IDENTIFY, verb + '|' + helo);
    }

    /// The connection is secured from now on.
    void secured(Agreement tls) {
        screen.tell(
                Event.LINK_TLS,
                String.format(Locale.ROOT, "%s:%s:%d", tls.version(), tls.cipher(), tls.bits()));
    }

    /// The session is over.
    void disconnected() {
        screen.tell(Event.LINK_DISCONNECT, "");
        screen.close();
    }

    /// What they are told of one mail transaction; before MAIL is accepted there is none.
    Transfer begin(Parcel parcel) {
        return new Transfer(parcel);
    }

    /// The events of one mail transaction.
    final class Transfer {
        private final Parcel parcel;
        private final MessageId message;
        private boolean open;

        private Transfer(Parcel parcel) {
            this.parcel = parcel;
            this.message = parcel.to().getFirst().envelope().id().message();
        }

        /// MAIL was accepted.
        void begins(String sender) {
            open = true;
            tell(Event.TX_BEGIN, "");
            tell(Event.TX_MAIL, "|ok|" + sender);
        }

        /// A recipient was accepted or refused.
        void recipient(Parcel.Addressee to, PeerReply reply) {
            if (reply.isPositive()) {
                tell(Event.TX_ENVELOPE, "|" + to.envelope().id());
            }
            tell(Event.TX_RCPT, result(reply) + '|' + to.path());
        }

        /// The content was invited or refused.
        void content(PeerReply reply) {
            tell(Event.TX_DATA, reply.invitesContent() ? "|ok" : result(reply));
        }

        /// The line with the dot was said.
        void dot() {
            said(".");
        }

        /// The next hop has taken the message, for somebody at least.
        void taken() {
            tell(Event.TX_COMMIT, "|" + parcel.load().length());
            over();
        }

        /// There is no transaction any more; whoever has not taken the message by now will not.
        void ends() {
            tell(Event.TX_ROLLBACK, "");
            over();
        }

        private void over() {
            tell(Event.TX_RESET, "");
            open = false;
        }

        private void tell(Event event, String more) {
            if (open) {
                screen.tell(event, message + more);
            }
        }

        private static String result(PeerReply reply) {
            return reply.isPositive() ? "|ok" : reply.isPermanent() ? "|permfail" : "|tempfail";
        }
    }
}
