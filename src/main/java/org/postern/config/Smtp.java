package org.postern.config;

import java.util.ArrayList;
import java.util.List;

/// An `smtp` directive: limits that hold for every listener.
///
///     smtp limit { max-mails number | max-rcpt number
///                | max-session-per-address number | max-session-per-network number
///                | max-rate-per-address number | max-rate-per-network number }
///     smtp ciphers string
///     smtp max-message-size ( number | size )
///     smtp sub-addr-delim character
public record Smtp(Position at, List<Option> options) implements Directive {

    public Smtp {
        options = List.copyOf(options);
    }

    /// One limit.
    public sealed interface Option {
        /// How many mail transactions a session may have.
        record MaxMails(int number) implements Option {}

        /// How many recipients a mail transaction may have.
        record MaxRecipients(int number) implements Option {}

        /// How many sessions the clients of an address or a network may have; at least 1.
        record Crowd(Crowding.Name name, int number) implements Option {}

        /// How many bytes a message may have.
        record MaxMessageSize(long bytes) implements Option {}

        /// The ciphers of every listener and relay action that names none.
        record Encrypting(Ciphers ciphers) implements Option {}

        /// What parts user and sub-address.
        record SubAddressDelimiter(char character) implements Option {}
    }

    /// The words after `smtp`.
    enum Word {
        CIPHERS,
        LIMIT,
        MAX_MESSAGE_SIZE,
        SUB_ADDR_DELIM
    }

    /// The names after `smtp limit`, which are no reserved words.
    enum Limit {
        MAX_MAILS,
        MAX_RCPT,
        MAX_SESSION_PER_ADDRESS,
        MAX_SESSION_PER_NETWORK,
        MAX_RATE_PER_ADDRESS,
        MAX_RATE_PER_NETWORK
    }

    /// Reads the rest of a line that began with `smtp`.
    static Smtp parse(Tokens in, Position at) throws Syntax {
        return new Smtp(
                at,
                switch (in.word(Word.class, "an option of smtp")) {
                    case LIMIT -> limits(in);
                    case MAX_MESSAGE_SIZE -> List.of(new Option.MaxMessageSize(in.size()));
                    case SUB_ADDR_DELIM -> List.of(delimiter(in));
                    case CIPHERS -> List.of(new Option.Encrypting(Ciphers.parse(in)));
                });
    }

    private static List<Option> limits(Tokens in) throws Syntax {
        var limits = new ArrayList<Option>();
        while (in.seesString()) {
            limits.add(
                    switch (in.name(Limit.class, "a limit of smtp")) {
                        case MAX_MAILS -> new Option.MaxMails(in.count());
                        case MAX_RCPT -> new Option.MaxRecipients(in.count());
                        case MAX_SESSION_PER_ADDRESS ->
                                crowd(Crowding.Name.MAX_SESSION_PER_ADDRESS, in);
                        case MAX_SESSION_PER_NETWORK ->
                                crowd(Crowding.Name.MAX_SESSION_PER_NETWORK, in);
                        case MAX_RATE_PER_ADDRESS -> crowd(Crowding.Name.MAX_RATE_PER_ADDRESS, in);
                        case MAX_RATE_PER_NETWORK -> crowd(Crowding.Name.MAX_RATE_PER_NETWORK, in);
                    });
        }
        return limits;
    }

    private static Option crowd(Crowding.Name name, Tokens in) throws Syntax {
        var at = in.position();
        int number = in.count();
        if (number == 0) {
            throw in.error(at, "with 0 nobody would be let in");
        }
        return new Option.Crowd(name, number);
    }

    private static Option delimiter(Tokens in) throws Syntax {
        var at = in.position();
        var text = in.string("a character");
        if (text.length() != 1
                || text.charAt(0) <= ' '
                || text.charAt(0) > '~'
                || text.equals("@")) {
            throw in.error(at, "the delimiter is one printable character, and not '@'");
        }
        return new Option.SubAddressDelimiter(text.charAt(0));
    }
}
