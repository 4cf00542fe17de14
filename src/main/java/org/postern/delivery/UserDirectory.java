package org.postern.delivery;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.postern.config.Config;
import org.postern.config.LocalAction;
import org.postern.config.TableDefinition.Origin;
import org.postern.config.TableRef;
import org.postern.os.Account;
import org.postern.os.Accounts;
import org.postern.os.Lookup;
import org.postern.table.Answer;
import org.postern.table.TableSet;
import org.postern.table.UserEntry;

/// Who the users are: the accounts of the system, or the userbase of an action. The room looks them
/// up itself; nobody tells it a uid, but for a userbase that another program answers for
/// ([Hearsay]).
///
/// Accounts that were found are remembered for two seconds, so that a burst of mail for one user
/// asks once. Any thread may ask.
final class UserDirectory {
    private static final long REMEMBERED = TimeUnit.SECONDS.toNanos(2);
    private static final int MOST = 1000;

    private final Accounts accounts;
    private final Hearsay hearsay;

    // Guarded by itself.
    private final Map<String, Remembered> found =
            new LinkedHashMap<>() {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Remembered> eldest) {
                    return size() > MOST;
                }
            };

    private record Remembered(LocalUser user, long until) {}

    /// @param hearsay what `front` tells of those whose userbase only it can ask
    UserDirectory(Accounts accounts, Hearsay hearsay) {
        this.accounts = accounts;
        this.hearsay = hearsay;
    }

    /// The user of this name in the userbase of `action`.
    Answer<LocalUser> find(TableSet tables, LocalAction action, String name) {
        if (!isName(name)) {
            return new Answer.Absent<>();
        }
        var userbase = action.userbase();
        if (userbase.isEmpty() || isSystem(tables.config(), userbase.get())) {
            return system(name);
        }
        var table = tables.find(userbase.get().name());
        if (table.isEmpty()) {
            return new Answer.Failed<>("no table " + userbase.get().name());
        }
        if (table.get().isAsked()) {
            return hearsay.find(table.get().name(), name);
        }
        return tables.user(userbase.get(), name)
                .then(entry -> new Answer.Found<>(user(name, entry)));
    }

    private static boolean isName(String name) {
        return !name.isEmpty()
                && name.length() <= 255
                && name.chars().allMatch(c -> c > ' ' && c < 127 && c != '/' && c != ':');
    }

    private static boolean isSystem(Config config, TableRef userbase) {
        var definition = config.tables().get(userbase.name());
        return definition != null && definition.origin() instanceof Origin.Accounts;
    }

    private static LocalUser user(String name, UserEntry entry) {
        return new LocalUser(name, entry.uid(), entry.gid(), entry.directory());
    }

    /// The account of the system with this name.
    Answer<LocalUser> system(String name) {
        long now = System.nanoTime();
        synchronized (found) {
            var known = found.get(name);
            if (known != null && known.until() - now > 0) {
                return new Answer.Found<>(known.user());
            }
        }
        return switch (accounts.byName(name)) {
            case Lookup.Found<Account>(var account) -> {
                var user =
                        new LocalUser(
                                name, account.uid(), account.gid(), account.home().toString());
                synchronized (found) {
                    found.remove(name);
                    found.put(name, new Remembered(user, now + REMEMBERED));
                }
                yield new Answer.Found<>(user);
            }
            case Lookup.Absent<Account>() -> new Answer.Absent<>();
            case Lookup.Failed<Account>(var cause) -> new Answer.Failed<>(cause);
        };
    }

    /// Forgets who was found: after a reload.
    void forget() {
        synchronized (found) {
            found.clear();
        }
    }
}
