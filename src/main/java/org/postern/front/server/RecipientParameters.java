package org.postern.front.server;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.postern.mail.Share.Notify;
import org.postern.smtp.Parameter;
import org.postern.smtp.Reply;
import org.postern.smtp.Xtext;

/// The parameters of RCPT: NOTIFY and ORCPT (RFC 3461 section 4.1 and 4.2). They hold for their own
/// recipient and no other.
sealed interface RecipientParameters {
    /// They are all right.
    record Good(Set<Notify> wishes, String originalRecipient) implements RecipientParameters {
        public Good {
            wishes = Set.copyOf(wishes);
        }
    }

    /// One of them is not.
    record Bad(Reply reply) implements RecipientParameters {}

    /// The longest ORCPT, in octets.
    int LONGEST_ORIGINAL_RECIPIENT = 500;

    /// Reads `parameters`, of which the last of a name counts.
    static RecipientParameters read(List<Parameter> parameters, Reception reception) {
        Set<Notify> notify = Set.of();
        var original = "";
        for (var parameter : parameters) {
            var value = parameter.value();
            boolean isNotify = parameter.name().equals("NOTIFY");
            if (!reception.has(Reception.Trait.OFFERS_DSN)
                    || !(isNotify || parameter.name().equals("ORCPT"))) {
                return new Bad(Replies.unsupportedParameter(parameter.text()));
            }
            if (isNotify) {
                var words = EnumSet.noneOf(Notify.class);
                for (var word : value.split(",", -1)) {
                    if (!add(word, words)) {
                        return new Bad(Replies.badParameter("Invalid NOTIFY"));
                    }
                }
                if (words.contains(Notify.NEVER) && words.size() > 1) {
                    return new Bad(Replies.NEVER_STANDS_ALONE);
                }
                notify = words;
            } else if (isOriginalRecipient(value)) {
                original = value;
            } else {
                return new Bad(Replies.BAD_ORIGINAL_RECIPIENT);
            }
        }
        return new Good(notify, original);
    }

    private static boolean add(String word, Set<Notify> words) {
        switch (word.toUpperCase(Locale.ROOT)) {
            case "SUCCESS" -> words.add(Notify.SUCCESS);
            case "FAILURE" -> words.add(Notify.FAILURE);
            case "DELAY" -> words.add(Notify.DELAY);
            case "NEVER" -> words.add(Notify.NEVER);
            default -> {
                return false;
            }
        }
        return true;
    }

    private static boolean isOriginalRecipient(String value) {
        int semicolon = value.indexOf(';');
        return semicolon > 0
                && value.length() <= LONGEST_ORIGINAL_RECIPIENT
                && value.substring(0, semicolon)
                        .chars()
                        .allMatch(c -> c > ' ' && c < 127 && c != '=' && c != '+')
                && Xtext.isXtext(value.substring(semicolon + 1));
    }
}
