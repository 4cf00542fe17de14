package org.postern.tool;

import java.util.ArrayList;
import java.util.List;

/// The commands of `smtpctl`: the one table from which they are parsed, abbreviated, explained and
/// completed. `man/smtpctl.8` describes each.
enum Verb {
    DISCOVER("discover EVPID|MSGID"),
    ENCRYPT("encrypt"),
    ENCRYPT_SCRAM("encrypt -s"),
    ENCRYPT_SCRAM_STRING("encrypt -s WORD"),
    ENCRYPT_STRING("encrypt WORD"),
    EXPLAIN("explain rcpt WORD ..."),
    LOG_BRIEF("log brief"),
    LOG_JSON("log json"),
    LOG_TEXT("log text"),
    LOG_VERBOSE("log verbose"),
    MONITOR("monitor"),
    PAUSE_ENVELOPE("pause envelope EVPID|MSGID|all"),
    PAUSE_MDA("pause mda"),
    PAUSE_MTA("pause mta"),
    PAUSE_MTA_FROM("pause mta from WORD for WORD"),
    PAUSE_SMTP("pause smtp"),
    PROFILE("profile WORD"),
    RELOAD("reload"),
    REMOVE("remove EVPID|MSGID|all"),
    REROUTE("reroute EVPID|MSGID|all"),
    RESUME_ENVELOPE("resume envelope EVPID|MSGID|all"),
    RESUME_MDA("resume mda"),
    RESUME_MTA("resume mta"),
    RESUME_MTA_FROM("resume mta from WORD for WORD"),
    RESUME_ROUTE("resume route WORD"),
    RESUME_SMTP("resume smtp"),
    SCHEDULE("schedule EVPID|MSGID|all"),
    SHOW_ENVELOPE("show envelope EVPID"),
    SHOW_HOSTS("show hosts"),
    SHOW_HOSTSTATS("show hoststats"),
    SHOW_MESSAGE("show message EVPID|MSGID"),
    SHOW_MTA_PAUSED("show mta paused"),
    SHOW_QUEUE("show queue"),
    SHOW_QUEUE_OF("show queue MSGID"),
    SHOW_RELAYS("show relays"),
    SHOW_ROUTES("show routes"),
    SHOW_STATS("show stats"),
    SHOW_STATUS("show status"),
    SPF_WALK("spf walk"),
    TRACE("trace SUBSYSTEM"),
    UNPROFILE("unprofile WORD"),
    UNTRACE("untrace SUBSYSTEM"),
    UPDATE_TABLE("update table WORD");

    /// One place in a command.
    sealed interface Slot {
        /// This word, or what abbreviates it.
        record Keyword(String word) implements Slot {}

        /// A word that the caller chooses.
        record Chosen(Operand operand) implements Slot {}

        /// As many words as the caller likes, or none; the last place of a command.
        record Rest() implements Slot {}

        private static Slot of(String word) {
            if (word.equals("...")) {
                return new Rest();
            }
            for (var operand : Operand.values()) {
                if (operand.label().equals(word)) {
                    return new Chosen(operand);
                }
            }
            return new Keyword(word);
        }
    }

    private final String usage;
    private final List<Slot> slots;

    Verb(String usage) {
        this.usage = usage;
        var places = new ArrayList<Slot>();
        for (var word : usage.split(" ", -1)) {
            places.add(Slot.of(word));
        }
        this.slots = List.copyOf(places);
    }

    /// The command as it is written, with names for what the caller chooses.
    String usage() {
        return usage;
    }

    /// Its places, in order.
    List<Slot> slots() {
        return slots;
    }

    /// The keywords that it begins with: its name.
    String title() {
        var title = new StringBuilder();
        for (var slot : slots) {
            if (!(slot instanceof Slot.Keyword(var word))) {
                break;
            }
            title.append(title.isEmpty() ? "" : " ").append(word);
        }
        return title.toString();
    }
}
