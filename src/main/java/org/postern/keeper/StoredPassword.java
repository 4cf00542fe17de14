package org.postern.keeper;

import java.util.List;
import org.postern.smtp.ScramKeys;

/// What a password is compared with.
sealed interface StoredPassword {
    /// A hash that crypt(3) makes.
    record Hash(String text) implements StoredPassword {
        /// Never the hash.
        @Override
        public String toString() {
            return "Hash";
        }
    }

    /// What SCRAM needs.
    record Scram(ScramKeys keys) implements StoredPassword {}

    /// No password fits: the account is locked.
    record Locked() implements StoredPassword {}

    /// Nothing that a password is compared with here, such as a hash by DES, or nothing at all.
    record Unusable() implements StoredPassword {}

    /// How the hashes begin that count: yescrypt, gost-yescrypt, scrypt, bcrypt, SHA-512, SHA-256
    /// and MD5.
    List<String> KINDS = List.of("$y$", "$gy$", "$7$", "$2a$", "$2b$", "$2y$", "$6$", "$5$", "$1$");

    /// What `text` stands for.
    static StoredPassword parse(String text) {
        if (text.startsWith("!") || text.startsWith("*")) {
            return new Locked();
        }
        if (text.startsWith(ScramKeys.PREFIX)) {
            return ScramKeys.parse(text).<StoredPassword>map(Scram::new).orElseGet(Unusable::new);
        }
        return KINDS.stream().anyMatch(text::startsWith) ? new Hash(text) : new Unusable();
    }
}
