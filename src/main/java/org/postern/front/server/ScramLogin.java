package org.postern.front.server;

import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.postern.front.login.ScramFinal;
import org.postern.front.login.ScramFirst;
import org.postern.front.login.ScramFirst.Binding;
import org.postern.front.server.Exchange.Response;
import org.postern.front.server.Logins.Claimant;
import org.postern.front.server.Logins.Proving;
import org.postern.front.server.Logins.Salting;
import org.postern.mail.Chunk;
import org.postern.tls.ChannelBindings;

/// SCRAM-SHA-256, RFC 5802 and RFC 7677: the client shows that it has the password, and is shown
/// that we know it. The keeper has the keys; what both ends say is put together here.
///
/// @param offered what the client was offered
record ScramLogin(
        Logins logins, Exchange exchange, ChannelBindings bindings, Set<Mechanism> offered) {

    /// What the client's channel has to be; or that this cannot be.
    private sealed interface Channel {
        record Expected(Chunk channel) implements Channel {}

        record Impossible(Ending ending) implements Channel {}
    }

    /// Carries out one of the two mechanisms.
    ///
    /// @param claimant who the client is if it has that name
    Ending run(Mechanism mechanism, List<String> initial, Function<String, Claimant> claimant)
            throws IOException, Hangup {
        return switch (exchange.first(initial, Chunk.EMPTY)) {
            case Response.Ended(var reply) -> new Ending.Broken(reply);
            case Response.Given(var bytes) -> {
                var first = ScramFirst.parse(bytes);
                if (first.isEmpty()) {
                    yield Ending.malformed();
                }
                yield switch (channel(mechanism, first.get())) {
                    case Channel.Impossible(var ending) -> ending;
                    case Channel.Expected(var channel) ->
                            go(first.get(), channel, claimant.apply(first.get().user()));
                };
            }
        };
    }

    /// Section 6: what the client says of channel binding has to fit the mechanism, and what it was
    /// offered.
    private Channel channel(Mechanism mechanism, ScramFirst first) {
        boolean bound = mechanism == Mechanism.SCRAM_SHA_256_PLUS;
        return switch (first.binding()) {
            case Binding.By(var name) when bound ->
                    bindings.by(name)
                            .<Channel>map(
                                    data ->
                                            new Channel.Expected(
                                                    Chunk.of(first.header() + data.text())))
                            .orElseGet(
                                    () -> new Channel.Impossible(new Ending.Denied(first.user())));
            case Binding.Missed() when !bound && offered.contains(Mechanism.SCRAM_SHA_256_PLUS) ->
                    new Channel.Impossible(new Ending.Deceived(first.user()));
            case Binding.Missed() when !bound -> new Channel.Expected(Chunk.of(first.header()));
            case Binding.Unknown() when !bound -> new Channel.Expected(Chunk.of(first.header()));
            case Binding.By _, Binding.Missed(), Binding.Unknown() ->
                    new Channel.Impossible(Ending.malformed());
        };
    }

    private Ending go(ScramFirst first, Chunk channel, Claimant claimant)
            throws IOException, Hangup {
        var user = first.user();
        if (!first.owner().isEmpty() && !first.owner().getFirst().equals(user)) {
            return new Ending.Denied(user); // nobody acts as somebody else
        }
        return switch (logins.salt(claimant)) {
            case Salting.Unknown(var why) -> new Ending.Unknown(user, why);
            case Salting.Salted(var salt, int iterations) -> {
                var nonce = first.nonce() + logins.nonce();
                var challenge = "r=" + nonce + ",s=" + encoded(salt) + ",i=" + iterations;
                var so = new Dialogue(first.bare(), challenge, nonce, channel);
                yield switch (exchange.ask(Chunk.of(challenge))) {
                    case Response.Ended(var reply) -> new Ending.Broken(reply);
                    case Response.Given(var bytes) -> judge(so, bytes, claimant);
                };
            }
        };
    }

    /// What was said before the proof.
    private record Dialogue(String first, String challenge, String nonce, Chunk channel) {}

    private Ending judge(Dialogue so, Chunk bytes, Claimant claimant) throws IOException, Hangup {
        var last = ScramFinal.parse(bytes);
        if (last.isEmpty()) {
            return Ending.malformed();
        }
        if (!last.get().nonce().equals(so.nonce()) || !last.get().channel().equals(so.channel())) {
            return new Ending.Denied(claimant.user());
        }
        var said = Chunk.of(so.first() + "," + so.challenge() + "," + last.get().unproved());
        return switch (logins.prove(claimant, said, last.get().proof())) {
            case Proving.Wrong() -> new Ending.Denied(claimant.user());
            case Proving.Unknown(var why) -> new Ending.Unknown(claimant.user(), why);
            case Proving.Proved(var signature) -> prove(signature, claimant);
        };
    }

    /// SMTP has no other place for our own proof than a question with an empty answer (RFC 4954
    /// section 4).
    private Ending prove(Chunk signature, Claimant claimant) throws IOException, Hangup {
        return switch (exchange.ask(Chunk.of("v=" + encoded(signature)))) {
            case Response.Ended(var reply) -> new Ending.Broken(reply);
            case Response.Given(var bytes) when bytes.isEmpty() ->
                    new Ending.Admitted(claimant.user());
            case Response.Given _ -> Ending.malformed();
        };
    }

    private static String encoded(Chunk bytes) {
        return Base64.getEncoder().encodeToString(bytes.toArray());
    }
}
