package org.postern.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// What nothing acts on yet is refused by name.
class NotYetTest {
    private static final String LIMITS =
            """
            mda limit max-session 1 max-session-per-user 1 task-hiwat 1 task-lowat 1 task-release 1
            scheduler limit max-inflight 1 max-evp-batch-size 1 max-msg-batch-size 1 max-schedule 1
            listen on lo tls pki "*" auth
            action last relay backup
            """;

    @Test
    void everyWordOfTheListIsRefused() {
        var text = Samples.EVERYTHING.replace("match reject\n", LIMITS + "match reject\n");
        var error =
                assertThrows(
                        ConfigException.class,
                        () -> Config.parse(Sources.of("c", text, LexerTest.HOST)));
        var said = error.problems().stream().map(Problem::message).collect(Collectors.toSet());
        assertEquals(
                List.of(),
                NotYet.WORDS.values().stream()
                        .filter(name -> !said.contains('"' + name + "\" is not supported yet"))
                        .toList());
    }
}
