package org.postern.fuzz;

import java.util.Arrays;
import java.util.Optional;
import org.postern.front.login.BearerResponse;
import org.postern.front.login.LoginName;
import org.postern.front.login.PlainResponse;
import org.postern.front.login.ScramFinal;
import org.postern.front.login.ScramFirst;
import org.postern.mail.AddressSyntax;
import org.postern.mail.Chunk;
import org.postern.smtp.SaslPrep;
import org.postern.smtp.ScramKeys;

/// The readers of what clients send to log in: whatever comes is a message or none, a name in it is
/// one that can be logged and looked up, and what is signed is what came.
public final class SaslFuzz {
    private SaslFuzz() {}

    /// One input: a message, whose first byte says of which mechanism.
    public static void fuzzerTestOneInput(byte[] data) {
        if (data.length == 0) {
            return;
        }
        var message = Chunk.handOver(Arrays.copyOfRange(data, 1, data.length));
        switch (data[0]) {
            case '1' -> ScramFirst.parse(message).ifPresent(first -> check(message, first));
            case '2' -> ScramFinal.parse(message).ifPresent(last -> check(message, last));
            case '3' -> PlainResponse.parse(message).ifPresent(said -> name(said.user()));
            case '4' -> BearerResponse.parse(message).ifPresent(SaslFuzz::check);
            case '5' -> BearerResponse.parseOld(message).ifPresent(SaslFuzz::check);
            case '6' -> ScramKeys.parse(message.text()).ifPresent(SaslFuzz::check);
            default -> LoginName.read(message).ifPresent(SaslFuzz::name);
        }
    }

    private static void check(Chunk message, ScramFirst first) {
        name(first.user());
        first.owner().forEach(SaslFuzz::name);
        demand((first.header() + first.bare()).equals(message.text()), "what came is lost");
        demand(first.bare().contains("r=" + first.nonce()), "another nonce");
    }

    private static void check(Chunk message, ScramFinal last) {
        demand(message.text().startsWith(last.unproved() + ",p="), "what came is lost");
        demand(last.unproved().contains(",r=" + last.nonce()), "another nonce");
    }

    private static void check(BearerResponse said) {
        if (!said.user().isEmpty()) {
            name(said.user());
        }
        demand(said.token().text().matches("[!-~]{1,8192}"), "no token");
    }

    private static void check(ScramKeys keys) {
        demand(ScramKeys.parse(keys.text()).equals(Optional.of(keys)), "other keys");
    }

    private static void name(String name) {
        demand(AddressSyntax.isLine(name) && !name.isEmpty() && name.length() <= 255, "no name");
        demand(SaslPrep.prepare(name).equals(Optional.of(name)), "a name that is not prepared");
    }

    private static void demand(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
