package org.postern.front.server;

import java.io.IOException;
import java.util.List;
import java.util.function.Function;
import org.postern.front.login.BearerResponse;
import org.postern.front.server.Exchange.Response;
import org.postern.front.server.Logins.Bearing;
import org.postern.front.server.Logins.Claimant;
import org.postern.mail.Chunk;

/// OAUTHBEARER, RFC 7628, and XOAUTH2: a token in the place of a password.
record BearerLogin(Logins logins, Exchange exchange) {

    /// Carries out one of the two mechanisms.
    ///
    /// @param claimant who the client is if it has that name
    Ending run(Mechanism mechanism, List<String> initial, Function<String, Claimant> claimant)
            throws IOException, Hangup {
        return switch (exchange.first(initial, Chunk.EMPTY)) {
            case Response.Ended(var reply) -> new Ending.Broken(reply);
            case Response.Given(var bytes) -> {
                var said =
                        mechanism == Mechanism.XOAUTH2
                                ? BearerResponse.parseOld(bytes)
                                : BearerResponse.parse(bytes);
                if (said.isEmpty()) {
                    yield Ending.malformed();
                }
                var user = said.get().user();
                yield switch (logins.bear(claimant.apply(user), said.get().token())) {
                    case Bearing.Named(var name) -> new Ending.Admitted(name);
                    case Bearing.Unknown(var why) -> new Ending.Unknown(user, why);
                    case Bearing.Wrong() -> denied(mechanism, user);
                };
            }
        };
    }

    /// What is wrong is told as a question, RFC 7628 section 3.2.2. The answer, which is empty or
    /// ^A, says nothing; only then the client is refused.
    private Ending denied(Mechanism mechanism, String user) throws IOException, Hangup {
        var fault =
                mechanism == Mechanism.XOAUTH2
                        ? "{\"status\":\"401\",\"schemes\":\"bearer\"}"
                        : "{\"status\":\"invalid_token\"}";
        var _ = exchange.ask(Chunk.of(fault));
        return new Ending.Denied(user);
    }
}
