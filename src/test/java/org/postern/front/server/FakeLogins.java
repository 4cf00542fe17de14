package org.postern.front.server;

import java.util.Base64;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.postern.config.Listen;
import org.postern.mail.Chunk;
import org.postern.smtp.ScramKeys;

/// Logins for dialogues: `alice` with `secret`, and `bob@example.org` with `two words`; on the
/// stage `scram` also `user` with `pencil`, whose password is kept as in RFC 7677 section 3, and on
/// the stage `token` the token `right` of `alice`.
final class FakeLogins implements Logins {
    private static final Map<String, String> PASSWORDS =
            Map.of("alice", "secret", "bob@example.org", "two words");

    private static final ScramKeys KEYS =
            ScramKeys.of(
                    Chunk.of("pencil"),
                    Chunk.handOver(Base64.getDecoder().decode("W22ZaJ0SNY7soEsUEjb6gQ==")),
                    4096);

    private final boolean away;
    private final boolean scram;
    private final boolean token;

    /// What the stage of a dialogue says of logins.
    FakeLogins(Set<String> stage) {
        this.away = stage.contains("keeper-away");
        this.scram = stage.contains("scram");
        this.token = stage.contains("token");
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
        var ways = EnumSet.of(Way.PASSWORD);
        if (scram) {
            ways.add(Way.SCRAM);
        }
        if (token) {
            ways.add(Way.TOKEN);
        }
        return ways;
    }

    @Override
    public String nonce() {
        return "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
    }

    @Override
    public Salting salt(Claimant claimant) {
        return away
                ? new Salting.Unknown("keeper away: a test")
                : new Salting.Salted(KEYS.salt(), KEYS.iterations());
    }

    @Override
    public Proving prove(Claimant claimant, Chunk said, Chunk proof) {
        return claimant.user().equals("user") && KEYS.isProof(said, proof)
                ? new Proving.Proved(KEYS.signature(said))
                : new Proving.Wrong();
    }

    @Override
    public Bearing bear(Claimant claimant, Chunk token) {
        if (away) {
            return new Bearing.Unknown("keeper away: a test");
        }
        return token.text().equals("right") && Set.of("", "alice").contains(claimant.user())
                ? new Bearing.Named("alice")
                : new Bearing.Wrong();
    }
}
