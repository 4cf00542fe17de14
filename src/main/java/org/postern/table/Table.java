package org.postern.table;

import org.postern.config.Service;
import org.postern.config.TableRef.Shape;
import org.postern.mail.AddressSyntax;

/// A named list or mapping. Keys are compared without regard to the case of ASCII letters, and as
/// the service demands. May be asked from any thread.
public final class Table {
    private final String name;
    private final Contents contents;
    private final char delimiter;

    Table(String name, Contents contents, char delimiter) {
        this.name = name;
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
        return isTooLong(key)
                ? tooLong()
                : named(contents.contains(service, folded(service, key), delimiter));
    }

    /// The text that a mapping holds for a key. Asking a list fails.
    public Answer<String> lookup(Service service, String key) {
        return isTooLong(key) ? tooLong() : named(contents.lookup(service, folded(service, key)));
    }

    /// The next key, in turn, that the table has for a service.
    public Answer<String> fetch(Service service) {
        return named(contents.fetch(service));
    }

    /// Takes the entries from their source again, where that is a file: how many it has, or why the
    /// old ones stay.
    public Answer<Integer> reload() {
        return contents.reload();
    }

    /// A login and password belong together as they are; nothing of them is folded.
    private static String folded(Service service, String key) {
        return service == Service.AUTH ? key : AddressSyntax.fold(key);
    }

    private static boolean isTooLong(String key) {
        return key.length() > TableText.MAX_KEY;
    }

    private Answer<String> tooLong() {
        return named(new Answer.Failed<>("a key of more than " + TableText.MAX_KEY + " bytes"));
    }

    private Answer<String> named(Answer<String> answer) {
        return answer instanceof Answer.Failed<String>(var cause)
                ? new Answer.Failed<>("table " + name + ": " + cause)
                : answer;
    }
}
