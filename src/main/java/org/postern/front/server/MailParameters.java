package org.postern.front.server;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.postern.mail.Carriage;
import org.postern.mail.Carriage.Need;
import org.postern.mail.Carriage.Release;
import org.postern.mail.MessageFacts.DsnReturn;
import org.postern.smtp.Parameter;
import org.postern.smtp.PathArgument;
import org.postern.smtp.Reply;
import org.postern.smtp.Xtext;

/// The parameters of MAIL: SIZE (RFC 1870 section 3), BODY (RFC 6152 section 2, RFC 3030 section
/// 3), AUTH (RFC 4954 section 5), SMTPUTF8 (RFC 6531 section 3.4), REQUIRETLS (RFC 8689 section 2),
/// HOLDFOR and HOLDUNTIL (RFC 4865 section 3), MT-PRIORITY (RFC 6710 section 3), BY (RFC 2852
/// section 4), RET and ENVID (RFC 3461 section 4.3 and 4.4).
sealed interface MailParameters {
    /// They are all right.
    ///
    /// @param welcome what is answered
    record Good(DsnReturn dsnReturn, String dsnEnvelopeId, Carriage carriage, Reply welcome)
            implements MailParameters {}

    /// One of them is not.
    record Bad(Reply reply) implements MailParameters {}

    /// The longest ENVID, in octets.
    int LONGEST_ENVELOPE_ID = 100;

    /// Reads `parameters`, of which the last of a name counts.
    static MailParameters read(List<Parameter> parameters, Offer offer) {
        var reading = new Reading(offer);
        for (var parameter : parameters) {
            var objection = reading.take(parameter);
            if (objection.isPresent()) {
                return new Bad(objection.get());
            }
        }
        return reading.end();
    }

    /// What was said so far.
    final class Reading {
        private final Offer offer;
        private Release release = new Release.AtOnce();
        private final Hurry hurry;
        private DsnReturn dsnReturn = DsnReturn.UNSAID;
        private String dsnEnvelopeId = "";
        private Carriage.Form form = Carriage.Form.LINES;
        private final Set<Need> needs = EnumSet.noneOf(Need.class);

        private Reading(Offer offer) {
            this.offer = offer;
            this.hurry = new Hurry(offer);
        }

        /// Takes one; what is wrong with it, if anything is.
        private Optional<Reply> take(Parameter parameter) {
            var value = parameter.value();
            return switch (parameter.name()) {
                case "AUTH" -> Optional.empty();
                case "SIZE" -> size(value);
                case "BODY" -> body(value, parameter);
                case PathArgument.SMTPUTF8 -> need(Need.UTF8, parameter);
                case "REQUIRETLS" ->
                        offer.requireTls() ? need(Need.TLS, parameter) : unsupported(parameter);
                case "HOLDFOR", "HOLDUNTIL" ->
                        offer.futureRelease() ? hold(parameter) : unsupported(parameter);
                case "MT-PRIORITY" -> hurry.priority(value);
                case "BY" -> hurry.deadline(value);
                case "RET" -> dsn(parameter).or(() -> dsnReturn(value));
                case "ENVID" -> dsn(parameter).or(() -> envelopeId(value));
                default -> unsupported(parameter);
            };
        }

        private static Optional<Reply> unsupported(Parameter parameter) {
            return Optional.of(Replies.unsupportedParameter(parameter.text()));
        }

        private static Optional<Reply> bad(String what) {
            return Optional.of(Replies.badParameter(what));
        }

        private Optional<Reply> size(String value) {
            if (value.isEmpty() || !value.chars().allMatch(c -> c >= '0' && c <= '9')) {
                return bad("Invalid SIZE");
            }
            return value.length() > 18 || Long.parseLong(value) > offer.largest()
                    ? Optional.of(Replies.TOO_BIG)
                    : Optional.empty();
        }

        private Optional<Reply> body(String value, Parameter parameter) {
            if (value.equalsIgnoreCase("BINARYMIME")) {
                form = Carriage.Form.BINARY;
            } else if (value.equalsIgnoreCase("7BIT") || value.equalsIgnoreCase("8BITMIME")) {
                form = Carriage.Form.LINES;
            } else {
                return unsupported(parameter);
            }
            return Optional.empty();
        }

        private Optional<Reply> need(Need need, Parameter parameter) {
            if (!parameter.text().equalsIgnoreCase(parameter.name())) {
                return bad(parameter.name() + " has no value");
            }
            needs.add(need);
            return Optional.empty();
        }

        /// HOLDFOR or HOLDUNTIL; not both.
        private Optional<Reply> hold(Parameter parameter) {
            var time = offer.release(parameter);
            if (time.isEmpty() || !(release instanceof Release.AtOnce)) {
                return bad("Invalid " + parameter.name());
            }
            release = new Release.At(time.get());
            return Optional.empty();
        }

        private Optional<Reply> dsn(Parameter parameter) {
            return offer.dsn() ? Optional.empty() : unsupported(parameter);
        }

        private Optional<Reply> dsnReturn(String value) {
            if (value.equalsIgnoreCase("FULL")) {
                dsnReturn = DsnReturn.FULL;
            } else if (value.equalsIgnoreCase("HDRS")) {
                dsnReturn = DsnReturn.HEADERS;
            } else {
                return bad("Invalid RET");
            }
            return Optional.empty();
        }

        private Optional<Reply> envelopeId(String value) {
            if (value.length() > LONGEST_ENVELOPE_ID || !Xtext.isXtext(value)) {
                return bad("Invalid ENVID");
            }
            dsnEnvelopeId = value;
            return Optional.empty();
        }

        private MailParameters end() {
            if (release instanceof Release.At(var time) && hurry.isOverAt(time)) {
                return new Bad(Replies.badParameter("BY is over before the message is released"));
            }
            var carriage = new Carriage(form, needs, release, hurry.urgency());
            return new Good(dsnReturn, dsnEnvelopeId, carriage, hurry.welcome());
        }
    }
}
