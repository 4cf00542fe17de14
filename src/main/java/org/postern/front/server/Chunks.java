package org.postern.front.server;

import static org.postern.front.filter.Point.DATA;

import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import org.postern.front.server.Hangup.Cause;
import org.postern.smtp.ContentScanner.Framing;
import org.postern.smtp.Reply;

/// BDAT, RFC 3030 section 2: content in chunks of a stated size. It belongs to its session.
///
/// Whatever is wrong, the octets of a chunk are read and never taken for commands; a line that does
/// not say how many they are ends the session. After a chunk that was refused there is nothing but
/// RSET for this mail transaction.
final class Chunks {
    private final Means means;
    private final Wire wire;
    private final Progress progress;
    private final Mailing mailing;
    private final Screening screening;

    Chunks(Means means, Wire wire, Progress progress, Mailing mailing, Screening screening) {
        this.means = means;
        this.wire = wire;
        this.progress = progress;
        this.mailing = mailing;
        this.screening = screening;
    }

    private enum Place {
        BEFORE_MORE,
        LAST
    }

    private record Piece(long octets, Place place) {
        /// The chunk that the argument announces; empty if it is malformed.
        static Optional<Piece> parse(String argument) {
            var words = argument.split("[ \t]+", -1);
            boolean last = words.length == 2 && words[1].toUpperCase(Locale.ROOT).equals("LAST");
            if ((words.length != 1 && !last) || !words[0].matches("[0-9]{1,18}")) {
                return Optional.empty();
            }
            return Optional.of(
                    new Piece(Long.parseLong(words[0]), last ? Place.LAST : Place.BEFORE_MORE));
        }
    }

    /// Takes one chunk, which follows the line.
    ///
    /// @throws Hangup if the line does not say where the chunk ends
    Reply bdat(String argument) throws IOException, Hangup {
        var chunk = Piece.parse(argument);
        if (chunk.isEmpty()) {
            throw new Hangup(Cause.BAD_INPUT, Replies.BAD_CHUNK);
        }
        return switch (progress.phase()) {
            case Phase.MailTransaction(var identity, var transaction) -> {
                if (transaction.recipients().isEmpty()) {
                    discard(chunk.get());
                    yield Replies.NO_RECIPIENT;
                }
                var objections = screening.objections(DATA);
                if (!objections.isEmpty()) {
                    discard(chunk.get());
                    yield objections.getFirst();
                }
                screening.contentBegins(transaction);
                var content = mailing.content(identity, transaction, framing(transaction));
                progress.enters(new Phase.Chunking(identity, transaction, content));
                yield take(identity, transaction, content, chunk.get());
            }
            case Phase.Chunking(var identity, var transaction, var content) ->
                    take(identity, transaction, content, chunk.get());
            case Phase.Spoiled _ -> {
                discard(chunk.get());
                yield Replies.CHUNK_REFUSED_BEFORE;
            }
            case Phase.Unidentified(), Phase.Identified _ -> {
                discard(chunk.get());
                yield Replies.NOT_NOW;
            }
        };
    }

    private static Framing framing(Transaction transaction) {
        return switch (transaction.facts().carriage().form()) {
            case LINES -> Framing.CHUNKS;
            case BINARY -> Framing.BINARY_CHUNKS;
        };
    }

    private void discard(Piece chunk) throws IOException, Hangup {
        Content.discard(chunk.octets(), wire, means);
    }

    private Reply take(
            Phase.Identity identity, Transaction transaction, Content content, Piece chunk)
            throws IOException, Hangup {
        var refusal = content.takeChunk(chunk.octets(), wire);
        return switch (chunk.place()) {
            case LAST -> {
                var taken =
                        refusal.isPresent()
                                ? new Content.Taken.Refused(refusal.get())
                                : content.takeLast();
                yield mailing.concluded(identity, transaction, taken);
            }
            case BEFORE_MORE -> {
                if (refusal.isPresent()) {
                    progress.enters(new Phase.Spoiled(identity, transaction));
                }
                yield refusal.orElseGet(() -> Replies.chunkTaken(chunk.octets()));
            }
        };
    }
}
