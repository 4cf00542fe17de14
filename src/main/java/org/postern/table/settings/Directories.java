package org.postern.table.settings;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.postern.config.Service;
import org.postern.table.settings.Settings.Directory;
import org.postern.table.settings.Settings.Search;

/// Reads the small file of the LDAP backend.
final class Directories {
    private Directories() {}

    static Directory ldap(SmallFile file) {
        file.required("url", "where the server is: url: ldap://ldap.example.org");
        var urls = file.entry("url").map(entry -> urls(file, entry)).orElse(List.of());
        var options = new java.util.HashMap<String, String>();
        file.value("ca_file").ifPresent(path -> options.put("ca_file", path));
        var searches = new EnumMap<Service, Search>(Service.class);
        for (var service : Shapes.ASKED) {
            search(file, service).ifPresent(search -> searches.put(service, search));
        }
        var user = file.entry("username");
        if (user.isPresent() && file.value("password").isEmpty()) {
            // Servers take a name without a password for nobody in particular.
            file.problem(user.get(), "there is a username, but no password");
        }
        return new Directory(
                urls,
                file.value("username").orElse(""),
                file.value("password").orElse(""),
                file.required("basedn", "below which entry to search"),
                options,
                new Settings.Questions<>(searches, Map.of(), new Settings.Freshness(0, 0)));
    }

    private static List<String> urls(SmallFile file, SmallFile.Entry entry) {
        var urls = new ArrayList<String>();
        for (var word : entry.value().split("[ ,]+", -1)) {
            var url = word.contains("://") ? word : "ldap://" + word;
            if (!url.matches(
                    "(ldaps?|ldap\\+tls)://(\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?/?")) {
                file.problem(
                        entry,
                        "expected ldap://host[:port], ldap+tls://host[:port] or"
                                + " ldaps://host[:port]");
                continue;
            }
            urls.add(url.endsWith("/") ? url.substring(0, url.length() - 1) : url);
        }
        return urls;
    }

    private static Optional<Search> search(SmallFile file, Service service) {
        var word = Shapes.word(service);
        var filter = file.entry(word + "_filter");
        var attributes = file.entry(word + "_attributes");
        if (filter.isEmpty() || attributes.isEmpty()) {
            filter.ifPresent(entry -> file.problem(entry, "there is no " + word + "_attributes"));
            attributes.ifPresent(entry -> file.problem(entry, "there is no " + word + "_filter"));
            return Optional.empty();
        }
        var names =
                Arrays.stream(attributes.get().value().split(","))
                        .map(String::strip)
                        .filter(name -> !name.isEmpty())
                        .toList();
        if (names.size() != Shapes.fields(service)) {
            file.problem(
                    attributes.get(),
                    "expected "
                            + Shapes.fields(service)
                            + " attributes for "
                            + word
                            + ", found "
                            + names.size());
            return Optional.empty();
        }
        return filter(file, filter.get()).map(text -> new Search(text, names));
    }

    /// A filter with `{0}` for `%u` and `%s`, and `{1}` for `%h`.
    private static Optional<String> filter(SmallFile file, SmallFile.Entry entry) {
        var text = entry.value();
        var out = new StringBuilder();
        int depth = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            if (c == '{' || c == '}') {
                // Would be taken for a place of the key.
                out.append(c == '{' ? "\\7b" : "\\7d");
            } else if (c != '%') {
                out.append(c);
            } else {
                char next = i + 1 < text.length() ? text.charAt(i + 1) : ' ';
                i++;
                switch (next) {
                    case 'u', 's' -> out.append("{0}");
                    case 'h' -> out.append("{1}");
                    case '%' -> out.append('%');
                    default -> {
                        file.problem(entry, "unknown specifier %" + next, "%u is the key");
                        return Optional.empty();
                    }
                }
            }
        }
        if (depth != 0 || !text.startsWith("(")) {
            file.problem(entry, "expected a filter in parentheses, as in (mail=%u)");
            return Optional.empty();
        }
        return Optional.of(out.toString());
    }
}
