package org.postern.tool;

import java.nio.file.Path;
import java.util.Locale;
import org.postern.os.Accounts;
import org.postern.os.Lookup;

/// Who calls a tool.
///
/// @param name the login name, or `anonymous`
/// @param home where `dead.letter` goes
record Login(String name, Path home) {
    /// The user that this process runs as.
    static Login ofCaller() {
        var name = System.getProperty("user.name", "?");
        return new Login(
                name.isEmpty() || name.equals("?") ? "anonymous" : name,
                Path.of(System.getProperty("user.home", "/")));
    }

    /// The full name of the user: what the account's comment says before the first comma, `&`
    /// standing for the login name with a capital. Empty if there is none.
    String fullName() {
        if (!(new Accounts().byName(name) instanceof Lookup.Found(var account))) {
            return "";
        }
        return expand(account.gecos(), name);
    }

    /// The full name that this comment of an account gives.
    static String expand(String gecos, String name) {
        int comma = gecos.indexOf(',');
        var full = comma < 0 ? gecos : gecos.substring(0, comma);
        return full.replace("&", name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1))
                .strip();
    }
}
