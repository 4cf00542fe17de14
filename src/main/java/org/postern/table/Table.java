package org.postern.table;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.postern.config.Service;
import org.postern.config.TableRef.Shape;
import org.postern.mail.AddressSyntax;
import org.postern.mail.Idna;

/// A named list or mapping. Keys are compared without regard to the case of ASCII letters, and as
/// the service demands. May be asked from any thread.
public final class Table {
    /// Sees what tables are asked and answer. Called on the thread of whoever asks.
    @FunctionalInterface
    public interface Witness {
        /// A table was asked for a key, or for whatever comes next: then the key is empty.
        void answered(String table, Service service, String key, Answer<String> answer);
    }

    /// The longest key with a password or a token in it, in bytes.
    private static final int LONGEST_SECRET = 16 * 1024;

    private final String name;
    private final Contents contents;
    private final char delimiter;
    private final Witness witness;

    Table(String name, Contents contents, char delimiter, Witness witness) {
        this.name = name;
        this.witness = witness;
        this.contents = contents;
        this.delimiter = delimiter;
    }

    /// The name it is declared by.
    public String name() {
        return name;
    }

    /// Where its entries come from.
    Contents contents() {
        return contents;
    }

    /// [Shape#LIST], [Shape#MAPPING], or [Shape#EITHER] while there are no entries and where
    /// entries may have values or not.
    public Shape shape() {
        return contents.shape();
    }

    /// Whether these are the accounts of the system, which only the room `delivery` can look up;
    /// asking this table fails.
    public boolean isAccounts() {
        return contents instanceof Contents.Elsewhere;
    }

    /// Whether another program or a server answers for it ([Backend]). What it says is not the
    /// administrator's word: it may not name commands, files or includes.
    public boolean isAsked() {
        return contents instanceof Contents.Asked;
    }

    /// Whether an entry stands for a key: the key, if so.
    public Answer<String> contains(Service service, String key) {
        return ask(service, key, form -> contents.contains(service, form, delimiter));
    }

    /// The text that a mapping holds for a key. Asking a list fails.
    public Answer<String> lookup(Service service, String key) {
        return ask(service, key, form -> contents.lookup(service, form));
    }

    /// The entry that stands for a mailbox among those, parted by commas, that a mapping holds for
    /// a key. An entry is `user@domain` or `@domain`, where `*` in a domain stands for anything,
    /// `user` or `@`, which stands for everything, the null reverse-path too: that is the empty
    /// mailbox. What follows the sub-address delimiter in the mailbox counts only where the entry
    /// has it, too.
    public Answer<String> covers(Service service, String key, String mailbox) {
        return lookup(service, key)
                .then(
                        value ->
                                MailboxEntry.listed(bytes(utf8(value))).stream()
                                        .filter(entry -> isCovered(entry, mailbox))
                                        .findFirst()
                                        .<Answer<String>>map(
                                                entry -> new Answer.Found<>(entry.toString()))
                                        .orElseGet(Answer.Absent::new));
    }

    private boolean isCovered(MailboxEntry entry, String mailbox) {
        return forms(Service.MAILADDR, mailbox).stream()
                .anyMatch(form -> entry.covers(form, delimiter));
    }

    private static String utf8(String bytes) {
        return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    private Answer<String> ask(
            Service service, String key, Function<String, Answer<String>> question) {
        Answer<String> answer = new Answer.Absent<>();
        for (var form : forms(service, key)) {
            answer = form.length() > longest(service) ? tooLong(service) : question.apply(form);
            if (!(answer instanceof Answer.Absent)) {
                break;
            }
        }
        return told(service, key, named(answer));
    }

    private Answer<String> told(Service service, String key, Answer<String> answer) {
        witness.answered(name, service, key, answer);
        return answer;
    }

    /// How an entry may write a key, the text of a file: one character for each byte. A domain is
    /// known in ASCII, and a table may have it in its own script (RFC 5890); what is beyond ASCII
    /// is compared in its composed form (NFC), in UTF-8.
    private static List<String> forms(Service service, String key) {
        var folded = folded(service, key);
        boolean ascii = Idna.isAscii(folded);
        if (isOpaque(service) || (ascii && !folded.contains("xn--"))) {
            return List.of(folded);
        }
        int at = folded.lastIndexOf('@') + 1;
        var own = folded.substring(0, at) + Idna.toUnicode(folded.substring(at));
        return Stream.of(folded, own).map(Table::bytes).distinct().toList();
    }

    private static String bytes(String text) {
        var composed = Normalizer.normalize(text, Normalizer.Form.NFC);
        return new String(composed.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    /// The next key, in turn, that the table has for a service.
    public Answer<String> fetch(Service service) {
        return told(service, "", named(contents.fetch(service)));
    }

    /// Shows every key with its value, where the entries are at hand, in no particular order.
    ///
    /// @return how many there are; [Answer.Absent] where another program answers for them
    Answer<Integer> forEach(BiConsumer<String, String> visitor) {
        return switch (contents) {
            case Contents.Asked _ -> new Answer.Absent<>();
            case Contents.Held held -> held.entries().then(entries -> forEach(entries, visitor));
        };
    }

    private static Answer<Integer> forEach(Entries entries, BiConsumer<String, String> visitor) {
        try {
            entries.rows().forEach(row -> visitor.accept(row.key(), row.value()));
            return new Answer.Found<>(entries.size());
        } catch (IOException e) {
            return new Answer.Failed<>(String.valueOf(e.getMessage()));
        }
    }

    /// What a program or server that answers for it can be asked for; of others, nothing. Waits for
    /// that at most so long.
    Answer<Set<Service>> services(Duration patience) {
        return switch (contents) {
            case Contents.Asked(var backend) -> backend.services(patience);
            case Contents.Held _ -> new Answer.Found<>(Set.of());
        };
    }

    /// Takes the entries from their source again, where that is a file: how many it has, or why the
    /// old ones stay.
    public Answer<Integer> reload() {
        return contents.reload();
    }

    /// A login and what shows it belong together as they are; nothing of them is folded.
    private static boolean isOpaque(Service service) {
        return service == Service.AUTH || service == Service.TOKEN;
    }

    private static String folded(Service service, String key) {
        return isOpaque(service) ? key : AddressSyntax.fold(key);
    }

    /// The bytes that a key may have. Passwords and tokens stand in no file.
    private static int longest(Service service) {
        return isOpaque(service) ? LONGEST_SECRET : TableText.MAX_KEY;
    }

    private static Answer<String> tooLong(Service service) {
        return new Answer.Failed<>("a key of more than " + longest(service) + " bytes");
    }

    private Answer<String> named(Answer<String> answer) {
        return answer instanceof Answer.Failed<String>(var cause)
                ? new Answer.Failed<>("table " + name + ": " + cause)
                : answer;
    }
}
