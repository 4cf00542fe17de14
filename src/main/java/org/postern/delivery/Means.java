package org.postern.delivery;

import org.postern.os.AsUser;

/// What a delivery is done with; one for a room.
///
/// @param reach whom the room can act as
record Means(
        UserDirectory users,
        Seals seals,
        AsUser asUser,
        MaildirRounds maildirs,
        MailSpool spool,
        MailboxFile mailbox,
        Commands commands,
        Reach reach) {

    /// Whom the room can act as.
    sealed interface Reach {
        /// Any user: the room runs as root.
        record Everyone() implements Reach {}

        /// The room's own user only.
        record Own(int uid) implements Reach {}

        /// Can the room act as the user with this id?
        default boolean reaches(int user) {
            return switch (this) {
                case Everyone() -> true;
                case Own(var uid) -> uid == user;
            };
        }
    }
}
