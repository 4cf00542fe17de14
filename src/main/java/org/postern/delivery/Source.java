package org.postern.delivery;

import java.io.IOException;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.postern.ipc.Work;
import org.postern.mail.Chunk;

/// Where the content of a message comes from; it can be read once.
sealed interface Source {
    /// How many bytes there are in all.
    long length();

    /// The next bytes; none at the end.
    ///
    /// @throws ContentLost if the content does not come whole
    Chunk next() throws ContentLost;

    /// Does the one it comes from still wait for what becomes of it? Any thread may ask.
    boolean isAwaited();

    /// Content that came with the attempt.
    final class Inline implements Source {
        private final BooleanSupplier awaited;
        private final long length;
        private Chunk rest;

        Inline(Chunk content, BooleanSupplier awaited) {
            this.awaited = awaited;
            this.length = content.length();
            this.rest = content;
        }

        @Override
        public long length() {
            return length;
        }

        @Override
        public Chunk next() {
            var all = rest;
            rest = Chunk.EMPTY;
            return all;
        }

        @Override
        public boolean isAwaited() {
            return awaited.getAsBoolean();
        }
    }

    /// Content that the queue sends when asked. Nothing is asked for before the first byte is
    /// needed, so an attempt that ends sooner costs no copy.
    final class Fetched implements Source {
        private static final Duration PATIENCE = Duration.ofMinutes(1);

        private final Line line;
        private final long length;
        private long came;
        private Phase phase = Phase.NOT_ASKED;

        private enum Phase {
            NOT_ASKED,
            COMING,
            ENDED
        }

        Fetched(Line line, long length) {
            this.line = line;
            this.length = length;
        }

        @Override
        public long length() {
            return length;
        }

        @Override
        public Chunk next() throws ContentLost {
            try {
                while (phase != Phase.ENDED) {
                    var piece = piece();
                    if (!piece.isEmpty()) {
                        return piece;
                    }
                }
                return Chunk.EMPTY;
            } catch (ContentLost lost) {
                throw lost;
            } catch (IOException e) {
                throw new ContentLost("the queue hung up after " + came + " bytes", e);
            }
        }

        @Override
        public boolean isAwaited() {
            return line.isThere();
        }

        private Chunk piece() throws IOException {
            if (phase == Phase.NOT_ASKED) {
                line.fetch();
                phase = Phase.COMING;
            }
            return switch (line.hear(PATIENCE)) {
                case Work.Assignment.Piece(var bytes) -> counted(bytes);
                case Work.Assignment.LastPiece(var bytes) -> {
                    phase = Phase.ENDED;
                    var last = counted(bytes);
                    if (came != length) {
                        throw new ContentLost(came + " bytes came of " + length);
                    }
                    yield last;
                }
                case Work.Assignment.Try _ ->
                        throw new ContentLost("an attempt in the middle of content");
            };
        }

        private Chunk counted(Chunk bytes) throws ContentLost {
            came += bytes.length();
            if (came > length) {
                throw new ContentLost("more than the " + length + " bytes that were announced");
            }
            return bytes;
        }

        /// Takes what is still on its way, so that the conversation can go on.
        void drain() throws ContentLost {
            while (phase == Phase.COMING) {
                next();
            }
        }
    }
}
