package org.postern.front.server;

import java.time.Duration;
import org.postern.config.Settings;

/// What a session may cost.
///
/// @param mails messages in a session
/// @param recipients accepted recipients in a mail transaction
/// @param shares envelopes that they may become
/// @param messageSize in bytes
/// @param badCommands after so many the session ends
/// @param rejectedRecipients after so many in a row the session ends
/// @param idle how long a command line, or the next piece of content, may take to come
/// @param transaction how long a mail transaction may last until DATA, and how long a client may go
///   without bringing a message when none is under way
/// @param content how long the content may take to come
/// @param leastRate how many bytes a second the content must bring on average, once it has taken
///   longer than `idle`
record Limits(
        int mails,
        int recipients,
        int shares,
        long messageSize,
        int badCommands,
        int rejectedRecipients,
        Duration idle,
        Duration transaction,
        Duration content,
        int leastRate) {

    /// What holds under `settings`.
    static Limits of(Settings settings) {
        return new Limits(
                settings.maxMails(),
                settings.maxRecipients(),
                100_000,
                settings.maxMessageSize(),
                20,
                50,
                Duration.ofMinutes(5),
                Duration.ofMinutes(30),
                Duration.ofHours(3),
                100);
    }
}
