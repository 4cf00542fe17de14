package org.postern.tool;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.postern.mail.AddressSyntax;
import org.postern.tls.Caller;
import org.postern.tls.suite.Suite;

/// What the command line of `smtp` asks for.
sealed interface SmtpRequest {
    /// How it is used.
    String USAGE =
            "usage: smtp [-Chnv] [-a authfile] [-F from] [-H helo] [-S name] [-s server] [-T params]"
                    + " [recipient ...]";

    /// A message is to be sent, or, without recipients, a server to be tried.
    ///
    /// @param authFile the file with login and password, or nothing
    /// @param sender the reverse-path, or nothing for the caller's own
    /// @param helo what the client calls itself, or nothing for this machine's name
    record Send(
            SmtpServer server,
            List<Path> authFile,
            List<String> sender,
            List<String> helo,
            Caller tls,
            Request.Telling telling,
            List<String> recipients)
            implements SmtpRequest {
        public Send {
            authFile = List.copyOf(authFile);
            sender = List.copyOf(sender);
            helo = List.copyOf(helo);
            recipients = List.copyOf(recipients);
        }
    }

    /// It is not understood, or help was asked for.
    record Wrong(String why) implements SmtpRequest {}

    /// Reads a command line.
    static SmtpRequest parse(List<String> arguments) {
        return new Reader(arguments).read();
    }

    /// Reads options and their values.
    final class Reader {
        private final List<String> words;
        private final Set<Character> flags = new HashSet<>();
        private final List<Path> authFile = new ArrayList<>();
        private final List<String> sender = new ArrayList<>();
        private final List<String> helo = new ArrayList<>();
        private final List<String> name = new ArrayList<>();
        private final List<String> protocols = new ArrayList<>();
        private final List<String> suites = new ArrayList<>();
        private String server = "localhost";
        private Caller.Trust trust = new Caller.Trust.OfSystem();
        private Caller.Sni sni = Caller.Sni.TOLD;
        private String wrong = "";

        private Reader(List<String> words) {
            this.words = words;
        }

        private SmtpRequest read() {
            int at = 0;
            while (at < words.size() && words.get(at).matches("-[^-].*") && wrong.isEmpty()) {
                at = options(words.get(at), at);
            }
            if (at < words.size() && words.get(at).equals("--")) {
                at++;
            }
            var recipients = words.subList(at, words.size());
            if (!wrong.isEmpty() || flags.contains('h')) {
                return new Wrong(wrong.isEmpty() ? USAGE : wrong);
            }
            boolean tries = flags.contains('n');
            var line =
                    Stream.of(recipients, sender, helo)
                            .flatMap(List::stream)
                            .filter(text -> !AddressSyntax.isLine(text))
                            .findFirst();
            if (line.isPresent()) {
                return new Wrong("not in one line: " + line.get());
            }
            if (tries != recipients.isEmpty()) {
                return new Wrong(
                        tries
                                ? "-n sends nothing, to nobody\n" + USAGE
                                : "no recipients\n" + USAGE);
            }
            var where = SmtpServer.parse(server);
            if (where.isEmpty()) {
                return new Wrong("not a server: " + server);
            }
            var tls =
                    new Caller(
                            name.isEmpty() ? where.get().host() : name.getLast(),
                            sni,
                            flags.contains('C') ? new Caller.Trust.Anyone() : trust,
                            protocols,
                            suites);
            var telling = flags.contains('v') ? Request.Telling.DIALOGUE : Request.Telling.QUIET;
            return new Send(where.get(), authFile, sender, helo, tls, telling, recipients);
        }

        /// Reads one word of options; the index of the next word.
        private int options(String word, int at) {
            for (int i = 1; i < word.length(); i++) {
                char option = word.charAt(i);
                if ("Chnv".indexOf(option) >= 0) {
                    flags.add(option);
                } else if ("aFHSsT".indexOf(option) >= 0) {
                    boolean here = i + 1 < word.length();
                    if (!here && at + 1 == words.size()) {
                        wrong = "-" + option + " wants a value\n" + USAGE;
                    } else {
                        value(option, here ? word.substring(i + 1) : words.get(at + 1));
                    }
                    return here ? at + 1 : at + 2;
                } else {
                    wrong = "unknown option -" + option + "\n" + USAGE;
                }
            }
            return at + 1;
        }

        private void value(char option, String value) {
            switch (option) {
                case 'a' -> authFile.add(Path.of(value));
                case 'F' -> sender.add(value);
                case 'H' -> helo.add(value);
                case 'S' -> name.add(value);
                case 's' -> server = value;
                default -> {
                    for (var parameter : value.split(",", -1)) {
                        parameter(parameter);
                    }
                }
            }
        }

        /// One parameter of TLS; lists in it are parted by colons.
        private void parameter(String text) {
            int equals = text.indexOf('=');
            var value = equals < 0 ? "" : text.substring(equals + 1);
            switch (equals < 0 ? text : text.substring(0, equals + 1)) {
                case "cafile=" -> trust = new Caller.Trust.Bundle(Path.of(value));
                case "ciphers=" -> List.of(value.split(":", -1)).forEach(this::suite);
                case "nosni" -> sni = Caller.Sni.UNTOLD;
                case "noverify" -> flags.add('C');
                case "protocols=" -> List.of(value.split(":", -1)).forEach(this::protocol);
                case "servername=" -> name.add(value);
                default -> wrong = "unknown parameter of TLS: " + text + "\n" + USAGE;
            }
        }

        private void protocol(String version) {
            switch (version) {
                case "tlsv1.2" -> protocols.add("TLSv1.2");
                case "tlsv1.3" -> protocols.add("TLSv1.3");
                default -> wrong = "unknown version of TLS: " + version;
            }
        }

        private void suite(String cipher) {
            Optional<Suite> known =
                    Stream.concat(Suite.TLS_1_3.stream(), Suite.TLS_1_2.stream())
                            .filter(
                                    suite ->
                                            suite.openSslName().equals(cipher)
                                                    || suite.javaName().equals(cipher))
                            .findFirst();
            known.ifPresentOrElse(
                    suite -> suites.add(suite.javaName()),
                    () -> wrong = "unknown cipher: " + cipher);
        }
    }
}
