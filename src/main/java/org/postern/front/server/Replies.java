package org.postern.front.server;

import org.postern.mail.MessageId;
import org.postern.smtp.Reply;

/// What the server says, but for what depends on much else. The texts are OpenSMTPD's where
/// programs may look at them; enhanced status codes stand everywhere (RFC 2034 section 4).
final class Replies {
    static final Reply READY_FOR_TLS = Reply.of(220, "2.0.0", "Ready to start TLS");
    static final Reply BYE = Reply.of(221, "2.0.0", "Bye");
    static final Reply LOGGED_IN = Reply.of(235, "2.0.0", "Authentication succeeded");
    static final Reply OK = Reply.of(250, "2.0.0", "Ok");

    /// RFC 6710 section 4.1: the new priority comes first.
    static final Reply PRIORITY_LOWERED =
            Reply.of(250, "2.3.6", "0 is the priority of this message: log in for a higher one");

    static final Reply RESET = Reply.of(250, "2.0.0", "Reset state");
    static final Reply RECIPIENT_OK =
            Reply.of(250, "2.1.5", "Destination address valid: Recipient ok");
    static final Reply NOT_VERIFIED = Reply.of(252, "2.1.5", "Cannot VRFY user");
    static final Reply GO_ON = Reply.of(354, "Enter mail, end with \".\" on a line by itself");

    static final Reply SHUTTING_DOWN = Reply.of(421, "4.3.2", "Service shutting down");
    static final Reply PAUSED = Reply.of(421, "4.3.2", "Not accepting mail at the moment");
    static final Reply TOO_MANY_SESSIONS = Reply.of(421, "4.3.2", "Too many connections");
    static final Reply TOO_MANY_OF_YOURS =
            Reply.of(421, "4.7.0", "Too many connections from your network");
    static final Reply TOO_FAST = Reply.of(421, "4.7.0", "Too many connections in a minute");
    static final Reply TIMEOUT = Reply.of(421, "4.4.2", "Timeout");
    static final Reply TOO_SLOW = Reply.of(421, "4.4.2", "Too slow");
    static final Reply BUG = Reply.of(421, "4.3.0", "Internal server error");
    static final Reply TOO_MANY_ERRORS = Reply.of(421, "4.7.0", "Too many errors");
    static final Reply TOO_MANY_COMMANDS = Reply.of(421, "4.7.0", "Too many commands and no mail");
    static final Reply TOO_MANY_WRONG_PASSWORDS =
            Reply.of(421, "4.7.0", "Too many authentication failures");
    static final Reply TOO_MANY_REJECTIONS = Reply.of(421, "4.7.0", "Too many rejected recipients");

    static final Reply TRY_LATER = Reply.of(451, "4.3.0", "Temporary failure");
    static final Reply LOGIN_LATER = Reply.of(454, "4.7.0", "Temporary authentication failure");
    static final Reply TOO_MANY_MAILS =
            Reply.of(452, "4.5.3", "Too many recipients: Too many messages sent");
    static final Reply TOO_MANY_RECIPIENTS =
            Reply.of(452, "4.5.3", "Too many recipients: Too many recipients");
    static final Reply DISK_FULL = Reply.of(452, "4.3.1", "Mail system full");

    static final Reply NO_TLS_NOW = Reply.of(454, "4.7.0", "TLS not available for the moment");

    static final Reply LINE_TOO_LONG = Reply.of(500, "5.0.0", "Command line too long");
    static final Reply BARE_LINE_END = Reply.of(500, "5.5.2", "Syntax error: Lines end with CR LF");
    static final Reply NUL = Reply.of(500, "5.5.2", "Syntax error: NUL in a command");
    static final Reply EARLY_TALKER = Reply.of(500, "5.5.1", "Invalid command: Content before 354");
    static final Reply NOT_HTTP =
            Reply.of(500, "5.5.1", "Invalid command: This is SMTP, and not HTTP");
    static final Reply NOT_TLS = Reply.of(500, "5.5.1", "Invalid command: TLS does not begin here");
    static final Reply NOTHING_AFTER_STARTTLS =
            Reply.of(500, "5.5.1", "Invalid command: Commands behind STARTTLS");
    static final Reply UNKNOWN_COMMAND =
            Reply.of(500, "5.5.1", "Invalid command: Command unrecognized");
    static final Reply NO_ARGUMENT_WANTED =
            Reply.of(500, "5.5.4", "Invalid command arguments: command does not accept arguments.");
    static final Reply NO_MECHANISM =
            Reply.of(501, "5.5.4", "Invalid command arguments: No parameters given");
    static final Reply MALFORMED_RESPONSE = Reply.of(501, "5.5.2", "Syntax error: Syntax error");
    static final Reply LOGIN_CANCELLED = Reply.of(501, "5.7.0", "Authentication cancelled");
    static final Reply BAD_DOMAIN =
            Reply.of(501, "5.5.4", "Invalid command arguments: Invalid domain name");
    static final Reply NO_PARAMETERS =
            Reply.of(501, "5.5.4", "Invalid command arguments: No parameters allowed");
    static final Reply BAD_RECIPIENT = Reply.of(501, "5.1.3", "Recipient address syntax error");
    static final Reply BAD_CLAIM =
            Reply.of(501, "5.5.4", "Invalid command arguments: Bad XCLIENT attribute");
    static final Reply BAD_CHUNK =
            Reply.of(501, "5.5.4", "Invalid command arguments: BDAT needs a size");
    static final Reply NO_EXPN = Reply.of(502, "5.5.1", "Invalid command: EXPN not supported");
    static final Reply NOT_NOW =
            Reply.of(503, "5.5.1", "Invalid command: Command not allowed at this point.");
    static final Reply NOT_SUPPORTED =
            Reply.of(503, "5.5.1", "Invalid command: Command not supported");
    static final Reply BINARY_IN_CHUNKS =
            Reply.of(503, "5.5.1", "Invalid command: BINARYMIME content comes with BDAT");
    static final Reply CHUNK_REFUSED_BEFORE =
            Reply.of(503, "5.5.1", "Invalid command: An earlier chunk was refused");
    static final Reply SECURED_ALREADY =
            Reply.of(503, "5.5.1", "Invalid command: Channel already secured");
    static final Reply LOGGED_IN_ALREADY =
            Reply.of(503, "5.5.1", "Invalid command: Already authenticated");
    static final Reply NO_RECIPIENT =
            Reply.of(503, "5.5.4", "Invalid command arguments: No recipient specified");

    static final Reply STARTTLS_FIRST =
            Reply.of(530, "5.7.0", "Invalid command: Must issue a STARTTLS command first");
    static final Reply LOGIN_WANTED =
            Reply.of(530, "5.7.0", "Invalid command: Must issue an AUTH command first");
    static final Reply WRONG_PASSWORD = Reply.of(535, "5.7.8", "Authentication failed");

    static final Reply BARE_LINE_END_IN_CONTENT =
            Reply.of(550, "5.6.0", "Message refused: bare CR or LF in the content");
    static final Reply NUL_IN_CONTENT =
            Reply.of(550, "5.6.0", "Message refused: NUL in the content");
    static final Reply LONG_LINE_IN_CONTENT =
            Reply.of(554, "5.6.0", "Message refused: a line is too long");
    static final Reply MALFORMED_HEADER =
            Reply.of(
                    550,
                    "5.7.1",
                    "Delivery not authorized, message refused: Message is not RFC 2822 compliant");
    static final Reply TOO_BIG =
            Reply.of(
                    552,
                    "5.3.4",
                    "Message too big for system: Transaction failed, message too big");
    static final Reply BAD_SENDER = Reply.of(553, "5.1.0", "Sender address syntax error");
    static final Reply NOT_YOUR_ADDRESS =
            Reply.of(553, "5.7.1", "Sender rejected: not an address of this login");
    static final Reply UTF8_UNASKED =
            Reply.of(553, "5.6.7", "Non-ASCII addresses need the parameter SMTPUTF8 of MAIL");
    static final Reply BAD_ORIGINAL_RECIPIENT =
            Reply.of(553, "5.5.4", "ORCPT address syntax error");
    static final Reply NEVER_STANDS_ALONE =
            Reply.of(553, "5.5.4", "NOTIFY option NEVER cannot be combined with other options");
    static final Reply BY_TOO_SOON =
            Reply.of(555, "5.5.4", "Invalid command arguments: BY is too soon");
    static final Reply LOOP = Reply.of(554, "5.4.6", "Routing loop detected: Loop detected");

    private Replies() {}

    static Reply greeting(String name) {
        return Reply.of(220, name + " ESMTP Postern");
    }

    static Reply unknownMechanism(String name) {
        return Reply.of(
                504,
                "5.5.4",
                "Security features not supported: AUTH method \"" + cut(name) + "\" not supported");
    }

    static Reply domainWanted(String verb) {
        return Reply.of(501, "5.5.1", "Invalid command: " + verb + " requires domain name");
    }

    static Reply accepted(MessageId message) {
        return Reply.of(250, "2.0.0", message + " Message accepted for delivery");
    }

    static Reply chunkTaken(long octets) {
        return Reply.of(250, "2.0.0", octets + " octets taken");
    }

    static Reply unsupportedParameter(String parameter) {
        return Reply.of(
                555, "5.5.4", "Invalid command arguments: Unsupported option " + cut(parameter));
    }

    static Reply badParameter(String parameter) {
        return Reply.of(501, "5.5.4", "Invalid command arguments: " + cut(parameter));
    }

    private static String cut(String text) {
        var bounded = text.length() > 200 ? text.substring(0, 200) : text;
        return bounded.replaceAll("[^ -~]", "?"); // a reply is ASCII (RFC 5321 section 4.2)
    }
}
