package org.postern.config;

/// One token of the configuration and where it begins.
record Token(Kind kind, String text, Position at) {

    /// What a token is.
    enum Kind {
        /// A quoted string, or a word that is not reserved.
        STRING,
        /// A reserved word.
        KEYWORD,
        /// A whole number.
        NUMBER,
        /// `=>`
        ARROW,
        /// Any other byte.
        PUNCTUATION,
        NEWLINE,
        /// The end of the main file.
        END
    }

    boolean is(char punctuation) {
        return kind == Kind.PUNCTUATION && text.charAt(0) == punctuation;
    }

    /// How a message names the token.
    String described() {
        return switch (kind) {
            case STRING -> '"' + text + '"';
            case KEYWORD, NUMBER -> text;
            case ARROW -> "'=>'";
            case PUNCTUATION -> text.equals("\r") ? "a carriage return" : "'" + text + "'";
            case NEWLINE -> "the end of the line";
            case END -> "the end of the file";
        };
    }
}
