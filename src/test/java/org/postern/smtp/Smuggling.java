package org.postern.smtp;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// What has been taken for the end of a message's content by one server or another, and is not.
///
/// The published variants (LF or CR for CR LF on either side of the dot, CR CR LF, a NUL, blanks,
/// an overlong form, a stuffed dot) are among the combinations of what can stand before the dot and
/// what can follow it.
public final class Smuggling {
    private static final List<String> SIDES =
            List.of(
                    "\r\n",
                    "\n",
                    "\r",
                    "\n\r",
                    "\r\r\n",
                    "\r\n\r",
                    "\n\n",
                    "\r\r",
                    "\0",
                    "\r\0\n",
                    "\0\r\n",
                    "\r\n ",
                    " \r\n",
                    "\u0085",
                    "\f",
                    "\u008d\u008a",
                    "");

    private static final List<String> MIDDLES = List.of(".", "..", ".\0", "\0.", ". ", "\u00ae");

    private Smuggling() {}

    /// Every sequence that is not CR LF `.` CR LF and does not hold it.
    public static Set<String> ends() {
        var ends = new LinkedHashSet<String>();
        for (var before : SIDES) {
            for (var middle : MIDDLES) {
                for (var after : SIDES) {
                    var end = before + middle + after;
                    if (!end.contains("\r\n.\r\n")) {
                        ends.add(end);
                    }
                }
            }
        }
        return ends;
    }

    /// As it can be read in a message of a test.
    public static String shown(String text) {
        var out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            out.append(c < ' ' || c > '~' ? "\\x%02x".formatted((int) c) : "" + c);
        }
        return out.toString();
    }
}
