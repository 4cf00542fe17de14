package org.postern.config;

import java.util.Map;
import java.util.Optional;

/// The words of the language that are read and checked, but that nothing acts on so far. A
/// configuration with one of them is refused by name, so that no server runs that does less than
/// its configuration says.
///
/// Whoever builds the missing part takes its line out of here; there is no other list.
final class NotYet {

    /// The words, and how a message names them.
    static final Map<Enum<?>, String> WORDS =
            Map.ofEntries(
                    Map.entry(Queue.Word.COMPRESSION, "queue compression"),
                    Map.entry(Queue.Word.ENCRYPTION, "queue encryption"),
                    Map.entry(Mda.Name.MAX_SESSION, "mda limit max-session"),
                    Map.entry(Mda.Name.MAX_SESSION_PER_USER, "mda limit max-session-per-user"),
                    Map.entry(Mda.Name.TASK_HIWAT, "mda limit task-hiwat"),
                    Map.entry(Mda.Name.TASK_LOWAT, "mda limit task-lowat"),
                    Map.entry(Mda.Name.TASK_RELEASE, "mda limit task-release"),
                    Map.entry(Scheduler.Name.MAX_INFLIGHT, "scheduler limit max-inflight"),
                    Map.entry(
                            Scheduler.Name.MAX_EVP_BATCH_SIZE,
                            "scheduler limit max-evp-batch-size"),
                    Map.entry(
                            Scheduler.Name.MAX_MSG_BATCH_SIZE,
                            "scheduler limit max-msg-batch-size"),
                    Map.entry(Scheduler.Name.MAX_SCHEDULE, "scheduler limit max-schedule"),
                    Map.entry(Mta.Word.LIMIT, "mta limit"),
                    Map.entry(RelayAction.Option.Word.AUTH, "relay auth"),
                    Map.entry(RelayAction.Option.Word.BACKUP, "relay backup"),
                    Map.entry(RelayAction.Option.Word.CA, "relay ca"),
                    Map.entry(RelayAction.Option.Word.CIPHERS, "relay ciphers"),
                    Map.entry(RelayAction.Option.Word.DOMAIN, "relay domain"),
                    Map.entry(RelayAction.Option.Word.HELO_SRC, "relay helo-src"),
                    Map.entry(RelayAction.Option.Word.PKI, "relay pki"),
                    Map.entry(RelayAction.Option.Word.PROTOCOLS, "relay protocols"),
                    Map.entry(RelayAction.Option.Word.TLS, "relay tls"));

    private NotYet() {}

    /// How a message names the word, if nothing acts on it yet.
    static Optional<String> named(Enum<?> word) {
        return Optional.ofNullable(WORDS.get(word));
    }
}
