package org.postern.front.filter;

import org.postern.config.FilterRule;

/// A point of a session at which filters are asked.
public enum Point {
    CONNECT("connect", "connected"),
    HELO("helo", "helo"),
    EHLO("ehlo", "ehlo"),
    STARTTLS("starttls", "tls"),
    AUTH("auth", "auth"),
    MAIL_FROM("mail-from", "mail-from"),
    RCPT_TO("rcpt-to", "rcpt-to"),
    DATA("data", "data"),
    /// A line of the content. It is answered by lines, not by a verdict.
    DATA_LINE("data-line", "data-line"),
    RSET("rset", "rset"),
    QUIT("quit", "quit"),
    NOOP("noop", "noop"),
    /// Can be asked for, and never comes.
    HELP("help", "help"),
    /// Can be asked for, and never comes.
    WIZ("wiz", "wiz"),
    COMMIT("commit", "commit");

    private final String word;
    private final String ofResponse;

    Point(String word, String ofResponse) {
        this.word = word;
        this.ofResponse = ofResponse;
    }

    /// The word of requests.
    public String word() {
        return word;
    }

    /// The word of the event that tells how a request was answered.
    String ofResponse() {
        return ofResponse;
    }

    /// May a filter put another argument in the place of the command's?
    boolean takesArgument() {
        return this == HELO || this == EHLO || this == MAIL_FROM || this == RCPT_TO;
    }

    static Point of(FilterRule.Phase phase) {
        return switch (phase) {
            case AUTH -> AUTH;
            case COMMIT -> COMMIT;
            case CONNECT -> CONNECT;
            case DATA -> DATA;
            case EHLO -> EHLO;
            case HELO -> HELO;
            case MAIL_FROM -> MAIL_FROM;
            case RCPT_TO -> RCPT_TO;
        };
    }
}
