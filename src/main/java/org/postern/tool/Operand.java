package org.postern.tool;

import java.util.Set;
import org.postern.mail.EnvelopeId;
import org.postern.mail.MessageId;

/// What may stand in a command of `smtpctl` where no keyword does.
enum Operand {
    /// A message.
    MESSAGE("MSGID"),
    /// An envelope.
    ENVELOPE("EVPID"),
    /// A message or an envelope.
    EITHER("EVPID|MSGID"),
    /// Envelopes: one, a message's, or all.
    SELECTION("EVPID|MSGID|all"),
    /// Something that can be traced.
    SUBSYSTEM("SUBSYSTEM"),
    /// Any word.
    WORD("WORD");

    /// What can be traced.
    static final Set<String> SUBSYSTEMS =
            Set.of(
                    "imsg",
                    "io",
                    "smtp",
                    "filters",
                    "mta",
                    "bounce",
                    "scheduler",
                    "lookup",
                    "stat",
                    "rules",
                    "mproc",
                    "expand",
                    "all");

    private final String label;

    Operand(String label) {
        this.label = label;
    }

    /// How it is written in usage lines.
    String label() {
        return label;
    }

    /// Can `word` stand here?
    boolean accepts(String word) {
        return switch (this) {
            case MESSAGE -> MessageId.parse(word).isPresent();
            case ENVELOPE -> EnvelopeId.parse(word).isPresent();
            case EITHER -> MESSAGE.accepts(word) || ENVELOPE.accepts(word);
            case SELECTION -> EITHER.accepts(word) || word.equals("all");
            case SUBSYSTEM -> SUBSYSTEMS.contains(word);
            case WORD -> !word.isEmpty();
        };
    }
}
