package org.postern.front.server;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.postern.mail.Carriage;
import org.postern.mail.Carriage.Need;
import org.postern.mail.MessageFacts.DsnReturn;
import org.postern.smtp.Parameter;
import org.postern.smtp.PathArgument;
import org.postern.smtp.Reply;
import org.postern.smtp.Xtext;

/// The parameters of MAIL: SIZE (RFC 1870 section 3), BODY (RFC 6152 section 2, RFC 3030 section
/// 3), AUTH (RFC 4954 section 5), RET and ENVID (RFC 3461 section 4.3 and 4.4).
sealed interface MailParameters {
    /// They are all right.
    record Good(DsnReturn dsnReturn, String dsnEnvelopeId, Carriage carriage)
            implements MailParameters {}

    /// One of them is not.
    record Bad(Reply reply) implements MailParameters {}

    /// The longest ENVID, in octets.
    int LONGEST_ENVELOPE_ID = 100;

    /// Reads `parameters`, of which the last of a name counts.
    static MailParameters read(List<Parameter> parameters, Reception reception, long largest) {
        var dsnReturn = DsnReturn.UNSAID;
        var dsnEnvelopeId = "";
        var form = Carriage.Form.LINES;
        Set<Need> needs = EnumSet.noneOf(Need.class);
        boolean dsn = reception.has(Reception.Trait.OFFERS_DSN);
        for (var parameter : parameters) {
            var value = parameter.value();
            switch (parameter.name()) {
                case "AUTH" -> {}
                case "SIZE" -> {
                    if (value.isEmpty() || !value.chars().allMatch(c -> c >= '0' && c <= '9')) {
                        return new Bad(Replies.badParameter("Invalid SIZE"));
                    }
                    if (value.length() > 18 || Long.parseLong(value) > largest) {
                        return new Bad(Replies.TOO_BIG);
                    }
                }
                case "BODY" -> {
                    if (value.equalsIgnoreCase("BINARYMIME")) {
                        form = Carriage.Form.BINARY;
                    } else if (value.equalsIgnoreCase("7BIT")
                            || value.equalsIgnoreCase("8BITMIME")) {
                        form = Carriage.Form.LINES;
                    } else {
                        return new Bad(Replies.unsupportedParameter(parameter.text()));
                    }
                }
                case PathArgument.SMTPUTF8 -> {
                    if (!parameter.text().equalsIgnoreCase(PathArgument.SMTPUTF8)) {
                        return new Bad(Replies.badParameter("SMTPUTF8 has no value"));
                    }
                    needs.add(Need.UTF8);
                }
                case "RET" -> {
                    if (!dsn) {
                        return new Bad(Replies.unsupportedParameter(parameter.text()));
                    }
                    if (value.equalsIgnoreCase("FULL")) {
                        dsnReturn = DsnReturn.FULL;
                    } else if (value.equalsIgnoreCase("HDRS")) {
                        dsnReturn = DsnReturn.HEADERS;
                    } else {
                        return new Bad(Replies.badParameter("Invalid RET"));
                    }
                }
                case "ENVID" -> {
                    if (!dsn) {
                        return new Bad(Replies.unsupportedParameter(parameter.text()));
                    }
                    if (value.length() > LONGEST_ENVELOPE_ID || !Xtext.isXtext(value)) {
                        return new Bad(Replies.badParameter("Invalid ENVID"));
                    }
                    dsnEnvelopeId = value;
                }
                default -> {
                    return new Bad(Replies.unsupportedParameter(parameter.text()));
                }
            }
        }
        var carriage = new Carriage(form, needs, 0, new Carriage.Release.AtOnce());
        return new Good(dsnReturn, dsnEnvelopeId, carriage);
    }
}
