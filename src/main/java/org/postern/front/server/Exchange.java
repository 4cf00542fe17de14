package org.postern.front.server;

import java.io.IOException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.postern.front.login.ScramFinal;
import org.postern.mail.Chunk;
import org.postern.smtp.Reply;

/// Questions and answers while a client logs in (RFC 4954 section 4). It belongs to its session.
final class Exchange {
    /// What the client answered when it was asked.
    sealed interface Response {
        record Given(Chunk bytes) implements Response {}

        /// Nothing that leads on: the exchange is over.
        record Ended(Reply reply) implements Response {}
    }

    private final Wire wire;
    private final Screening screening;
    private final Duration patience;

    Exchange(Wire wire, Screening screening, Duration patience) {
        this.wire = wire;
        this.screening = screening;
        this.patience = patience;
    }

    /// What came with the command itself, where `=` stands for an empty response; if nothing did,
    /// what the client answers to `question`.
    Response first(List<String> initial, Chunk question) throws IOException, Hangup {
        if (initial.isEmpty()) {
            return ask(question);
        }
        var text = initial.getFirst();
        return text.equals("=") ? new Response.Given(Chunk.EMPTY) : decoded(text);
    }

    /// Asks `question`, and gives what the client answers; `*` ends the exchange.
    Response ask(Chunk question) throws IOException, Hangup {
        var challenge = Reply.of(334, Base64.getEncoder().encodeToString(question.toArray()));
        wire.say(challenge.wire());
        screening.said(challenge);
        var line = wire.response(patience);
        screening.hears("********");
        return line.equals("*") ? new Response.Ended(Replies.LOGIN_CANCELLED) : decoded(line);
    }

    private static Response decoded(String text) {
        return ScramFinal.base64(text)
                .<Response>map(Response.Given::new)
                .orElseGet(() -> new Response.Ended(Replies.MALFORMED_RESPONSE));
    }
}
