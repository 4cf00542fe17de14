package org.postern.front;

import java.net.InetAddress;
import java.util.Locale;
import org.postern.config.Service;
import org.postern.dns.ClientNames.ClientName;
import org.postern.front.route.AccountBook;
import org.postern.front.server.Server;
import org.postern.ipc.Accounts;
import org.postern.log.Log;
import org.postern.mail.AddressText;
import org.postern.table.Answer;
import org.postern.table.Table;

/// What traces of the subsystem `lookup` show beside the DNS: what is asked of tables and accounts,
/// and which names clients have. No secret is shown.
final class Lookups implements Table.Witness {
    private final Log log;

    Lookups(Log log) {
        this.log = log;
    }

    @Override
    public void answered(String table, Service service, String key, Answer<String> answer) {
        if (log.traces("lookup")) {
            var kind = service.toString().toLowerCase(Locale.ROOT);
            show(
                    "table "
                            + table
                            + ", "
                            + kind
                            + shown(service, key)
                            + ": "
                            + shown(service, answer));
        }
    }

    private static String shown(Service service, String key) {
        return switch (service) {
            case AUTH, TOKEN -> "";
            case ALIAS,
                    DOMAIN,
                    CREDENTIALS,
                    NETADDR,
                    USERINFO,
                    SOURCE,
                    MAILADDR,
                    MAILADDRMAP,
                    ADDRNAME,
                    RELAYHOST,
                    STRING,
                    REGEX ->
                    key.isEmpty() ? "" : ' ' + key;
        };
    }

    private static String shown(Service service, Answer<String> answer) {
        boolean secret =
                service == Service.AUTH
                        || service == Service.TOKEN
                        || service == Service.CREDENTIALS;
        return switch (answer) {
            case Answer.Found<String>(var value) -> secret ? "found" : "found " + value;
            case Answer.Absent<String>() -> "absent";
            case Answer.Failed<String>(var cause) -> "failed: " + cause;
        };
    }

    /// The same accounts, whose lookups are shown. Where forward files lead is not: that is for
    /// `expand`.
    AccountBook ofAccounts(AccountBook accounts) {
        return question -> {
            var answer = accounts.ask(question);
            if (log.traces("lookup")) {
                var user =
                        switch (question) {
                            case Accounts.Of(_, var name) -> name;
                            case Accounts.Exists(_, var name) -> name;
                        };
                show("account " + user + ": " + answer.getClass().getSimpleName());
            }
            return answer;
        };
    }

    /// The same names, which are shown.
    Server.ClientNames ofClients(Server.ClientNames names) {
        return address -> shown(address, names.of(address));
    }

    private ClientName shown(InetAddress address, ClientName name) {
        if (log.traces("lookup")) {
            show("name of " + AddressText.key(address) + ": " + name);
        }
        return name;
    }

    private void show(String line) {
        log.trace("lookup", Log.visible(line));
    }
}
