package org.postern.log;

import java.time.Duration;

/// One event, while it is put into words: what it is about, and what is known of it as keys and
/// values, in the form that the log has at that moment. Nothing is logged before [#write].
///
///     4304482c2f2320ac smtp tls ciphers=TLSv1.3:TLS_AES_256_GCM_SHA384:256 address=127.0.0.1
///     {"time":"...","level":"info","id":"4304482c2f2320ac","subsystem":"smtp","event":"tls",...}
///
/// Values may be whatever a stranger sent: they are escaped here, and only here. For one thread.
public final class Entry {
    private final Log log;
    private final Log.Form form;
    private final StringBuilder line;

    Entry(Log log, Log.Form form, StringBuilder line) {
        this.log = log;
        this.form = form;
        this.line = line;
    }

    /// What it is about: a session, most often.
    public Entry id(Object id) {
        return word("id", "", id.toString());
    }

    /// Which part of the server speaks: `smtp`, `mta`, `mda`.
    public Entry subsystem(String word) {
        return word("subsystem", "", word);
    }

    /// What happened.
    public Entry event(String word) {
        return word("event", "", word);
    }

    /// `key=value`; blanks in the value are escaped in the text.
    public Entry word(String key, Object value) {
        return word(key, key + '=', value.toString());
    }

    private Entry word(String key, String before, String value) {
        return switch (form) {
            case TEXT -> text(before, Log.visible(value).replace(" ", "\\040"), "");
            case JSON -> member(key, value);
        };
    }

    /// `key=value`, where the value may have blanks: the last one of its line.
    public Entry rest(String key, String value) {
        return switch (form) {
            case TEXT -> text(key + '=', Log.visible(value), "");
            case JSON -> member(key, value);
        };
    }

    /// `key="value"`.
    public Entry quoted(String key, Object value) {
        return switch (form) {
            case TEXT -> text(key + "=\"", Log.quoted(value.toString()), "\"");
            case JSON -> member(key, value.toString());
        };
    }

    /// `key=<value>`: a mailbox or a path.
    public Entry mailbox(String key, Object value) {
        return switch (form) {
            case TEXT -> text(key + "=<", Log.visible(value.toString()), ">");
            case JSON -> member(key, value.toString());
        };
    }

    /// `key=number`.
    public Entry number(String key, long value) {
        switch (form) {
            case TEXT -> text(key + '=', Long.toString(value), "");
            case JSON -> line.append(",\"").append(key).append("\":").append(value);
        }
        return this;
    }

    /// `key=1d2h3m4s`, without the units that are 0, and `0s` if it is less than a second; in JSON
    /// the number of seconds.
    public Entry duration(String key, Duration value) {
        long seconds = Math.max(0, value.toSeconds());
        return switch (form) {
            case TEXT -> text(key + '=', inUnits(Duration.ofSeconds(seconds)), "");
            case JSON -> number(key, seconds);
        };
    }

    private static String inUnits(Duration time) {
        if (time.isZero()) {
            return "0s";
        }
        var text = new StringBuilder();
        part(text, time.toDays(), 'd');
        part(text, time.toHoursPart(), 'h');
        part(text, time.toMinutesPart(), 'm');
        part(text, time.toSecondsPart(), 's');
        return text.toString();
    }

    private static void part(StringBuilder text, long number, char unit) {
        if (number != 0) {
            text.append(number).append(unit);
        }
    }

    private Entry text(String before, String value, String after) {
        line.append(line.isEmpty() ? "" : " ").append(before).append(value).append(after);
        return this;
    }

    private Entry member(String key, String value) {
        line.append(",\"").append(key).append("\":");
        Json.string(line, value);
        return this;
    }

    /// Logs it as a normal event.
    public void write() {
        log.finished(form == Log.Form.JSON ? line.append('}') : line);
    }
}
