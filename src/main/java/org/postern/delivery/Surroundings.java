package org.postern.delivery;

import java.util.Map;
import java.util.TreeMap;
import org.postern.mail.AddressSyntax;
import org.postern.mail.Envelope;

/// The environment of a delivery command: these variables and no others.
final class Surroundings {
    private static final String SYSTEM_PATH = "/usr/bin:/bin";

    private Surroundings() {}

    /// The environment of a command that runs for `envelope`.
    ///
    /// @param home the home of whom it runs as
    /// @param user the local user that the envelope is for, whoever it runs as
    /// @param extension the sub-address, or empty
    static Map<String, String> of(Envelope envelope, String home, String user, String extension) {
        var share = envelope.share();
        var variables = new TreeMap<String, String>();
        variables.put("PATH", SYSTEM_PATH);
        variables.put("SHELL", "/bin/sh");
        variables.put("HOME", home);
        variables.put("LOGNAME", user);
        variables.put("USER", user);
        variables.put("LOCAL", share.originalRecipient().localPart());
        variables.put("DOMAIN", share.originalRecipient().domain());
        variables.put("ORIGINAL_RECIPIENT", share.originalRecipient().toString());
        variables.put("RECIPIENT", share.recipient().toString());
        variables.put("SENDER", envelope.message().sender().toString());
        if (!extension.isEmpty()) {
            variables.put("EXTENSION", AddressSyntax.fold(extension));
        }
        return variables;
    }
}
