package org.postern.config;

import java.util.List;

/// Configurations that, together, use every word of the language.
final class Samples {
    private Samples() {}

    /// Every table, filter, listener, action and match option.
    static final String EVERYTHING =
            """
            # comment
            dom = "example.org"
            admd mx.example.org
            smtp max-message-size 10M
            smtp limit max-mails 5 max-rcpt 6 max-session-per-address 7 \\
              max-session-per-network 8 max-rate-per-address 9 max-rate-per-network 10
            smtp sub-addr-delim "-"
            smtp ciphers "HIGH:!aNULL:!MD5"
            queue ttl 1d
            queue compression
            queue encryption "0123456789abcdef0123456789abcdef"
            bounce warn-interval 1h, 90m, 2d
            mta max-deferred 7
            mta limit max-conn-per-host 3 session-keepalive 60
            mta limit for domain $dom inet4 max-conn-per-host 1
            mta limit inet6 conn-delay-route 0
            mda limit max-session 9 task-hiwat 8
            scheduler limit max-inflight 100
            srs key "the first secret of all"
            srs key backup "a secret 'two' of old"
            srs ttl 5d
            pki MX.example.org cert "/etc/ssl/mx.crt"
            pki mx.example.org key "/etc/ssl/mx.key" dhe AUTO
            pki "*" cert "/c" key "/k"
            ca inner cert "/etc/ssl/ca.pem"
            table aliases file:/etc/mail/aliases
            table vdomains { example.com, "example.net"
              example.org }
            table vusers { "bob@example.com" => bob, "@" = "carol, dave@example.net" }
            table accounts getpwnam
            table passwords db:/etc/mail/passwords.db
            table people ldap:/etc/mail/ldap.conf
            table others passwd
            table "senders" { joe = "joe@example.org" }
            table names { "192.0.2.1" = mx.example.org }
            proc rspamd "filter-rspamd -x" user _rspamd group _rspamd chroot "/var/empty"
            filter spam proc rspamd
            filter own proc-exec "filter-own" user nobody
            filter nofc phase connect match !fcrdns disconnect "550 no name"
            filter nor phase helo match rdns regex { "^dyn" } junk
            filter "src" phase ehlo match src { 192.0.2.0/24 } bypass
            filter hel phase data match helo <vdomains> report "said helo"
            filter au phase auth match auth reject "421 go away"
            filter mf phase mail-from match !mail-from "@example.org" rewrite "<a@b.example>"
            filter rc phase rcpt-to match rcpt-to <vusers> reject "550 no"
            filter aa phase commit match auth { joe } reject "550 no"
            filter nm phase connect match rdns reject "550 no"
            filter all chain { spam, own nofc
              nor }
            mda wrapper nice "nice %{mda}"
            action "mbox" mbox alias <aliases>
            action "maildir" maildir junk virtual <vusers> userbase <people> user vmail
            action maildir2 maildir "/mail/%{user.username}/%{dest.domain:lowercase}" ttl 2h
            action "lmtp" lmtp "/run/lmtp" rcpt-to alias { root = "joe, \\"|cat >/x\\"" }
            action lmtp2 lmtp localhost:24
            action "mda" mda "procmail -a '%{sender}'" wrapper nice wrapper nice userbase <accounts>
            action fo forward-only alias <aliases>
            action eo expand-only virtual <vusers>
            action "relay" relay
            action relay1 relay helo a.example helo-src <names> src { 192.0.2.1, "::1" } \\
              host { "smtps://label@h.example", "smtp://[::1]:2525" } auth <passwords> tls no-verify \\
              pki mx.EXAMPLE.org ca inner ciphers compat protocols "!tlsv1.2" \\
              mail-from "@example.org" filter { spam, own } srs ttl 90s
            action relay2 relay backup mx mx1.example.org tls filter all
            action relay3 relay domain { example.com = "lmtp://h:24" }
            action relay4 relay backup
            listen on socket filter all mask-src no-dsn tag "local"
            listen on eth0 inet4 port smtp tls pki mx.example.org pki "*" ca inner \\
              auth-optional <passwords> hostname a.example hostnames <names> received-auth \\
              senders <"senders"> masquerade filter { spam } no-dsn mask-src
            listen on 192.0.2.1 smtps verify ca inner pki "*" ciphers legacy protocols tlsv1.3 auth tag in
            listen on lo port 2587 auth auth-without-tls
            listen on "::1" inet6 port 2525 proxy-v2 from { 192.0.2.0/24 } xclient { 192.0.2.7 } tls-require verify ca inner pki "*"
            match tag in from any for domain <vdomains> action "maildir"
            match from local for local action "mbox"
            match from socket for any auth action "relay"
            match !from src regex "^10" for rcpt-to <vusers> action maildir2
            match from rdns for domain regex { "^a" "b$" } action "lmtp"
            match from rdns { a.example } for any !tls action lmtp2
            match from auth for any action relay1
            match from auth { joe } for any action relay2
            match from mail-from "@example.org" for any action "mda"
            match !helo { a, b } mail-from regex "x" rcpt-to <vusers> action fo
            match auth <"senders"> for any action eo
            match from any for any action relay3
            match for any action relay4
            match reject
            """;

    static final List<String> WHOLE_LANGUAGE =
            List.of(
                    EVERYTHING,
                    "queue encryption\nmatch reject\n",
                    "queue encryption stdin\nmatch reject\n",
                    "queue encryption -\nmatch reject\n",
                    "scheduler limit\nmda limit\nmta limit\nsmtp limit\nmatch reject\n",
                    "match tag a\\\\ reject\n",
                    """
                    listen on lo port 587
                    table aliases file:/etc/mail/aliases
                    action "local_mail" mbox alias <aliases>
                    action "outbound" relay
                    match from local for local action "local_mail"
                    match from local for any action "outbound"
                    """);
}
