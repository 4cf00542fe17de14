package org.postern.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// What words come to, by the table of commands.
class CommandTest {
    private static Command parse(String words) {
        return Command.parse(words.isEmpty() ? List.of() : List.of(words.split(" ", -1)));
    }

    @ParameterizedTest
    @CsvSource({
        "show queue, SHOW_QUEUE, ''",
        "sh q, SHOW_QUEUE, ''",
        "show queue 5c8e01d2, SHOW_QUEUE_OF, 5c8e01d2",
        "show envelope 5c8e01d27a90b3f4, SHOW_ENVELOPE, 5c8e01d27a90b3f4",
        "sho e 5c8e01d27a90b3f4, SHOW_ENVELOPE, 5c8e01d27a90b3f4",
        "show message 5c8e01d2, SHOW_MESSAGE, 5c8e01d2",
        "show message 5c8e01d27a90b3f4, SHOW_MESSAGE, 5c8e01d27a90b3f4",
        "show status, SHOW_STATUS, ''",
        "show stats, SHOW_STATS, ''",
        "show hosts, SHOW_HOSTS, ''",
        "schedule all, SCHEDULE, all",
        "sc 5c8e01d2, SCHEDULE, 5c8e01d2",
        "remove all, REMOVE, all",
        "pause envelope all, PAUSE_ENVELOPE, all",
        "pa mda, PAUSE_MDA, ''",
        "pause mta, PAUSE_MTA, ''",
        "pause mta from 192.0.2.5 for example.net, PAUSE_MTA_FROM, 192.0.2.5|example.net",
        "resume s, RESUME_SMTP, ''",
        "rel, RELOAD, ''",
        "log verbose, LOG_VERBOSE, ''",
        "l b, LOG_BRIEF, ''",
        "trace smtp, TRACE, smtp",
        "untrace all, UNTRACE, all",
        "update table aliases, UPDATE_TABLE, aliases",
        "explain rcpt bob, EXPLAIN, bob",
        "exp r bob from local tls, EXPLAIN, bob|from|local|tls",
    })
    void wordsAndTheirBeginningsAreCommands(String words, Verb verb, String operands) {
        assertEquals(
                new Command.Run(
                        verb, operands.isEmpty() ? List.of() : List.of(operands.split("\\|", -1))),
                parse(words));
    }

    @ParameterizedTest
    @CsvSource({
        "'', INCOMPLETE",
        "show, INCOMPLETE",
        "schedule, INCOMPLETE",
        "pause mta from, INCOMPLETE",
        "s queue, AMBIGUOUS",
        "re, AMBIGUOUS",
        "show stat, AMBIGUOUS",
        "show m, AMBIGUOUS",
        "show host, AMBIGUOUS",
        "frob, INVALID",
        "show frob, INVALID",
        "show queue zzz, INVALID",
        "show queue 00000000, INVALID",
        "show envelope 5c8e01d2, INVALID",
        "remove a, INVALID",
        "remove everything, INVALID",
        "trace everything, INVALID",
        "show queue 5c8e01d2 more, INVALID",
    })
    void otherWordsAreNot(String words, Command.Fault fault) {
        var wrong = (Command.Wrong) parse(words);
        assertEquals(fault, wrong.fault());
    }

    @Test
    void thePossibilitiesAreTheCommandsThatBeginSo() {
        assertEquals(
                new Command.Wrong(
                        Command.Fault.AMBIGUOUS, List.of(Verb.SHOW_STATS, Verb.SHOW_STATUS)),
                parse("show stat"));
        assertEquals(
                new Command.Wrong(Command.Fault.INVALID, List.of(Verb.REMOVE)), parse("remove x"));
    }

    @ParameterizedTest
    @EnumSource(Verb.class)
    void everyCommandCanBeWrittenOut(Verb verb) {
        var words = new ArrayList<String>();
        for (var slot : verb.slots()) {
            words.add(
                    switch (slot) {
                        case Verb.Slot.Keyword(var word) -> word;
                        case Verb.Slot.Chosen(var operand) ->
                                switch (operand) {
                                    case MESSAGE, EITHER -> "0000000a";
                                    case ENVELOPE -> "0000000a0000000b";
                                    case SELECTION -> "all";
                                    case SUBSYSTEM -> "io";
                                    case WORD -> "word";
                                };
                        case Verb.Slot.Rest() -> "more";
                    });
        }
        assertEquals(verb, ((Command.Run) Command.parse(words)).verb());
    }
}
