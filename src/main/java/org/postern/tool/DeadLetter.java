package org.postern.tool;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/// The file `dead.letter` in the caller's home: what could not be sent is kept there.
final class DeadLetter {
    private DeadLetter() {}

    /// Keeps what `content` writes, in place of an older dead letter. The file is the caller's
    /// alone to read.
    ///
    /// @return where it is
    static Path keep(Path home, SmtpDialogue.Content content) throws IOException {
        var written = Files.createTempFile(home, ".dead.letter", null);
        try (var out = new BufferedOutputStream(Files.newOutputStream(written))) {
            content.writeTo(out);
        } catch (IOException e) {
            Files.deleteIfExists(written);
            throw e;
        }
        return Files.move(
                written, home.resolve("dead.letter"), StandardCopyOption.REPLACE_EXISTING);
    }
}
