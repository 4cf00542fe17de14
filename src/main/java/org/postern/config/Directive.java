package org.postern.config;

/// One line of the configuration, or several in braces: what it begins with says what it is.
///
///     directive = include | macro | table | action | match | listen | bounce
///               | mda | mta | pki | queue | smtp | srs
public sealed interface Directive
        permits Action,
                Bounce,
                Listen,
                Match,
                Mta,
                Pki,
                Queue,
                Smtp,
                Srs,
                TableDefinition,
                Wrapper {

    /// Where the directive, or the name it declares, stands.
    Position at();

    /// The words a directive begins with. Those that come later in the project's life are known, so
    /// that they can be refused by name.
    enum Word {
        ACTION,
        ADMD,
        BOUNCE,
        CA,
        FILTER,
        INCLUDE,
        LISTEN,
        MATCH,
        MDA,
        MTA,
        PKI,
        PROC,
        QUEUE,
        SCHEDULER,
        SMTP,
        SRS,
        TABLE
    }

    /// Reads one directive, whose first word is still to come; `include` is the parser's business.
    static Directive parse(Tokens in) throws Syntax {
        var at = in.position();
        var word = in.word(Word.class, "a directive");
        return switch (word) {
            case ACTION -> Action.parse(in);
            case BOUNCE -> Bounce.parse(in, at);
            case LISTEN -> Listen.parse(in, at);
            case MATCH -> Match.parse(in, at);
            case MDA -> Wrapper.parse(in);
            case MTA -> Mta.parse(in, at);
            case PKI -> Pki.parse(in);
            case QUEUE -> Queue.parse(in, at);
            case SMTP -> Smtp.parse(in, at);
            case TABLE -> TableDefinition.parse(in);
            case INCLUDE -> throw new IllegalStateException("include is read by the parser");
            case SRS -> Srs.parse(in, at);
            case ADMD, CA, FILTER, PROC, SCHEDULER -> throw in.unsupported(at, word);
        };
    }
}
