package org.postern.table;

import java.util.List;
import java.util.Optional;
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

    /// [Shape#LIST], [Shape#MAPPING], or [Shape#EITHER] while there are no entries.
    public Shape shape() {
        return switch (contents) {
            case Contents.Fixed(var entries) -> entries.shape();
            case FileContents file -> file.entries().shape();
            case Contents.Elsewhere() -> Shape.MAPPING;
        };
    }

    /// Whether these are the accounts of the system, which only the room `delivery` can look up;
    /// asking this table fails.
    public boolean isAccounts() {
        return contents instanceof Contents.Elsewhere;
    }

    /// Whether an entry stands for a key: the key, if so.
    public Answer<String> contains(Service service, String key) {
        return ask(
                service,
                key,
                (entries, folded) ->
                        entries.contains(service, folded, delimiter)
                                ? Optional.of(folded)
                                : Optional.empty());
    }

    /// The text that a mapping holds for a key. Asking a list fails.
    public Answer<String> lookup(Service service, String key) {
        if (shape() == Shape.LIST) {
            return failed("it is a list, and has no values");
        }
        return ask(service, key, Entries::value);
    }

    /// The next key, in turn.
    public Answer<String> fetch() {
        return ask(Service.STRING, "", (entries, _) -> entries.fetch());
    }

    /// Reads the table again, where it is a file: how many entries it has, or why the old ones
    /// stay.
    public Answer<Integer> reload() {
        return switch (contents) {
            case Contents.Fixed(var entries) -> new Answer.Found<>(entries.size());
            case FileContents file -> file.reload();
            case Contents.Elsewhere() -> new Answer.Found<>(0);
        };
    }

    /// All values that a mapping holds; none of a list, nor of the accounts.
    List<String> values() {
        return held().map(Entries::values).orElse(List.of());
    }

    private interface Question {
        Optional<String> ask(Entries entries, String key);
    }

    private Answer<String> ask(Service service, String key, Question question) {
        if (key.length() > TableText.MAX_KEY) {
            return failed("a key of more than " + TableText.MAX_KEY + " bytes");
        }
        var entries = held();
        if (entries.isEmpty()) {
            return failed("the accounts of the system are not looked up here");
        }
        // A login and password belong together as they are; nothing of them is folded.
        var folded = service == Service.AUTH ? key : AddressSyntax.fold(key);
        return question.ask(entries.get(), folded)
                .<Answer<String>>map(Answer.Found::new)
                .orElseGet(Answer.Absent::new);
    }

    private Optional<Entries> held() {
        return switch (contents) {
            case Contents.Fixed(var fixed) -> Optional.of(fixed);
            case FileContents file -> Optional.of(file.entries());
            case Contents.Elsewhere() -> Optional.empty();
        };
    }

    private Answer<String> failed(String cause) {
        return new Answer.Failed<>("table " + name + ": " + cause);
    }
}
