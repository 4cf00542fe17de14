package org.postern.front.filter;

import org.postern.mail.Origin;

/// What a session has shown of itself when filters are asked.
///
/// @param helo the name given in HELO or EHLO, or empty
/// @param sender the reverse-path as tables know it, or empty before MAIL
/// @param recipient the recipient that is asked about, or empty
public record Subject(
        Client client, String helo, Origin.Login login, String sender, String recipient) {}
