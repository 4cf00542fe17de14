package org.postern.tool;

import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.postern.control.Order;

/// The words after `explain rcpt`.
///
///     explain rcpt recipient { "from" address | "rdns" name | "helo" name | "tag" name
///                            | "mail-from" sender | "auth" user | "tls" }
sealed interface ExplainWords {
    /// A question.
    record Question(Order.Explain order) implements ExplainWords {}

    /// No question, and why.
    record Wrong(String why) implements ExplainWords {}

    /// What may be said of the client.
    enum Word {
        FROM("an address, or local"),
        RDNS("a name"),
        HELO("a name"),
        TAG("a tag"),
        MAIL_FROM("a sender, or <>"),
        AUTH("a user"),
        TLS("");

        private final String operand;

        Word(String operand) {
            this.operand = operand;
        }

        String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /// Reads the words: the recipient, then what is said of the client in any order.
    static ExplainWords parse(List<String> words) {
        Map<Word, String> said = new EnumMap<>(Word.class);
        for (int i = 1; i < words.size(); i++) {
            var word = words.get(i);
            var known =
                    List.of(Word.values()).stream().filter(w -> w.text().equals(word)).findFirst();
            if (known.isEmpty()) {
                return new Wrong(
                        "\"" + word + "\": expected from, rdns, helo, tag, mail-from, auth or tls");
            }
            if (said.containsKey(known.get())) {
                return new Wrong(word + " is said twice");
            }
            if (!known.get().operand.isEmpty() && ++i == words.size()) {
                return new Wrong(word + " needs " + known.get().operand + " after it");
            }
            said.put(known.get(), words.get(i));
        }
        return new Question(
                new Order.Explain(
                        words.getFirst(),
                        new Order.Client(
                                said.getOrDefault(Word.FROM, "local"),
                                said.getOrDefault(Word.RDNS, ""),
                                said.getOrDefault(Word.HELO, ""),
                                said.getOrDefault(Word.TAG, ""),
                                said.getOrDefault(Word.MAIL_FROM, ""),
                                said.getOrDefault(Word.AUTH, ""),
                                said.containsKey(Word.TLS)
                                        ? Order.Channel.TLS
                                        : Order.Channel.CLEAR)));
    }
}
