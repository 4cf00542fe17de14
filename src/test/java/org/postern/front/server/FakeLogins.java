package org.postern.front.server;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.postern.config.Listen;
import org.postern.mail.Chunk;

/// Logins for dialogues: `alice` with `secret`, and `bob@example.org` with `two words`.
final class FakeLogins implements Logins {
    private static final Map<String, String> PASSWORDS =
            Map.of("alice", "secret", "bob@example.org", "two words");

    private final boolean away;

    FakeLogins(boolean away) {
        this.away = away;
    }

    @Override
    public Finding check(Claimant claimant, Chunk password) {
        if (away) {
            return new Finding.Unknown("keeper away: a test");
        }
        return Optional.ofNullable(PASSWORDS.get(claimant.user()))
                        .filter(right -> right.equals(password.text()))
                        .isPresent()
                ? new Finding.Right()
                : new Finding.Wrong();
    }

    @Override
    public Set<Way> ways(Listen.Logins book) {
        return Set.of();
    }

    @Override
    public Salting salt(Claimant claimant) {
        return new Salting.Unknown("a test");
    }

    @Override
    public Proving prove(Claimant claimant, Chunk said, Chunk proof) {
        return new Proving.Wrong();
    }
}
