package org.postern.front.relay;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;

/// What the next hop offers in its answer to EHLO (RFC 5321 section 4.1.1.1).
///
/// @param offered the parameters of each extension by its keyword in capitals
record Extensions(Map<String, String> offered) {
    /// Nothing: it only knows HELO.
    static final Extensions NONE = new Extensions(Map.of());

    private static final int MOST = 100;

    Extensions {
        offered = Map.copyOf(offered);
    }

    /// The extensions in the lines of an EHLO reply; the first line is the greeting.
    static Extensions read(List<String> lines) {
        var offered = new HashMap<String, String>();
        for (var line : lines.subList(1, Math.min(lines.size(), MOST))) {
            var text = line.strip();
            int space = text.indexOf(' ');
            var keyword = space < 0 ? text : text.substring(0, space);
            offered.putIfAbsent(
                    keyword.toUpperCase(Locale.ROOT),
                    space < 0 ? "" : text.substring(space + 1).strip());
        }
        return new Extensions(offered);
    }

    /// May commands be sent before the replies to earlier ones (RFC 2920)?
    boolean pipelining() {
        return offered.containsKey("PIPELINING");
    }

    /// Can TLS be begun (RFC 3207)?
    boolean startTls() {
        return offered.containsKey("STARTTLS");
    }

    /// Are wishes for notifications passed on (RFC 3461)?
    boolean dsn() {
        return offered.containsKey("DSN");
    }

    /// May the content hold bytes above 127 (RFC 6152)?
    boolean eightBit() {
        return offered.containsKey("8BITMIME");
    }

    /// May the size be declared at MAIL (RFC 1870)?
    boolean size() {
        return offered.containsKey("SIZE");
    }

    /// May content come in chunks, and its octets mean anything (CHUNKING and BINARYMIME, RFC
    /// 3030)?
    boolean binary() {
        return offered.containsKey("CHUNKING") && offered.containsKey("BINARYMIME");
    }

    /// Is the demand for TLS on the whole way passed on (RFC 8689)?
    boolean requireTls() {
        return offered.containsKey("REQUIRETLS");
    }

    /// May addresses and header fields be in UTF-8 (RFC 6531)?
    boolean utf8() {
        return offered.containsKey("SMTPUTF8");
    }

    /// Are priorities passed on (RFC 6710)?
    boolean priority() {
        return offered.containsKey("MT-PRIORITY");
    }

    /// Are times of delivery kept, or passed on (RFC 2852)?
    boolean deliverBy() {
        return offered.containsKey("DELIVERBY");
    }

    /// The shortest time in which the next hop returns what it cannot deliver, in seconds (RFC 2852
    /// section 3).
    long shortestDeliverBy() {
        var first = offered.getOrDefault("DELIVERBY", "").split("[, \t]", -1)[0];
        return first.matches("[0-9]{1,9}") ? Long.parseLong(first) : 0;
    }

    /// How many recipients a mail transaction may have (LIMITS, RFC 9422 section 4); where nothing
    /// is said, `usual`.
    int mostRecipients(int usual) {
        return limit("RCPTMAX", usual);
    }

    /// How many mail transactions a session may have (LIMITS, RFC 9422 section 4); where nothing is
    /// said, `usual`.
    int mostMails(int usual) {
        return limit("MAILMAX", usual);
    }

    private int limit(String name, int usual) {
        for (var word : offered.getOrDefault("LIMITS", "").split("[ \t]+", -1)) {
            if (word.matches("(?i)" + name + "=[1-9][0-9]{0,5}")) {
                return Math.min(usual, Integer.parseInt(word.substring(name.length() + 1)));
            }
        }
        return usual;
    }

    /// The most bytes the next hop takes; empty if it does not say or sets no limit.
    OptionalLong largest() {
        var text = offered.getOrDefault("SIZE", "");
        if (!text.matches("[0-9]{1,18}")) {
            return OptionalLong.empty();
        }
        long limit = Long.parseLong(text);
        return limit == 0 ? OptionalLong.empty() : OptionalLong.of(limit);
    }
}
