package org.postern.table;

/// Compares host names with patterns in which `*` stands for anything.
///
/// As in OpenSMTPD, `*` ends at the first character that goes on with the pattern, and never thinks
/// again: `*.example.org` covers `a.example.org`, but not `a.b.example.org` (table(5) says so
/// loudly). A more generous `*` would widen the rules of configurations that are in use.
final class HostPattern {
    private HostPattern() {}

    /// Whether the pattern covers the whole host name; both are in lower case.
    static boolean covers(String pattern, String host) {
        int p = 0;
        int h = 0;
        while (p < pattern.length() && h < host.length()) {
            if (pattern.charAt(p) == '*') {
                while (p < pattern.length() && pattern.charAt(p) == '*') {
                    p++;
                }
                while (h < host.length()
                        && (p == pattern.length() || host.charAt(h) != pattern.charAt(p))) {
                    h++;
                }
            } else if (pattern.charAt(p) != host.charAt(h)) {
                return false;
            } else {
                p++;
                h++;
            }
        }
        return p == pattern.length() && h == host.length();
    }
}
