package org.postern.config;

/// One line of the configuration, or several in braces: what it begins with says what it is.
///
///     directive = include | macro | table | action | match | listen | filter | proc | admd | bounce
///               | ca | pki | mda | mta | queue | scheduler | smtp | srs
public sealed interface Directive
        permits Action,
                Administration,
                Authority,
                Bounce,
                Filter,
                FilterProcess,
                Listen,
                Match,
                Mda,
                Mta,
                Pki,
                Queue,
                Scheduler,
                Smtp,
                Srs,
                TableDefinition,
                Wrapper {

    /// Where the directive, or the name it declares, stands.
    Position at();

    /// The words a directive begins with.
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
        return switch (in.word(Word.class, "a directive")) {
            case ACTION -> Action.parse(in);
            case ADMD -> Administration.parse(in);
            case BOUNCE -> Bounce.parse(in, at);
            case CA -> Authority.parse(in);
            case FILTER -> Filter.parse(in);
            case LISTEN -> Listen.parse(in, at);
            case MATCH -> Match.parse(in, at);
            case MDA -> Mda.parse(in, at);
            case MTA -> Mta.parse(in, at);
            case PKI -> Pki.parse(in);
            case PROC -> FilterProcess.parse(in);
            case QUEUE -> Queue.parse(in, at);
            case SCHEDULER -> Scheduler.parse(in, at);
            case SMTP -> Smtp.parse(in, at);
            case SRS -> Srs.parse(in, at);
            case TABLE -> TableDefinition.parse(in);
            case INCLUDE -> throw new IllegalStateException("include is read by the parser");
        };
    }
}
