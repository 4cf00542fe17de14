package org.postern.front.login;

import java.util.Optional;
import org.postern.mail.AddressSyntax;
import org.postern.mail.Chunk;
import org.postern.smtp.SaslPrep;

/// The name of somebody who logs in.
public final class LoginName {
    /// The longest name, in bytes of UTF-8.
    public static final int LONGEST = 255;

    private LoginName() {}

    /// The name that these bytes are, in UTF-8 and prepared by SASLprep (RFC 4616 section 2, RFC
    /// 5802 section 5.1); empty if they are none.
    public static Optional<String> read(Chunk bytes) {
        return bytes.length() > LONGEST
                ? Optional.empty()
                : Utf8.read(bytes)
                        .flatMap(SaslPrep::prepare)
                        .filter(name -> !name.isEmpty() && name.length() <= LONGEST)
                        .filter(AddressSyntax::isLine);
    }
}
