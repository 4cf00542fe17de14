package org.postern.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Reads whole files: directive after directive, macro definitions and includes, and after an error
/// goes on with the next line.
final class Parser {

    /// What was read.
    ///
    /// @param inPlace the tables written where they are used
    /// @param chains the chains of filters written where they are used
    /// @param notYet the uses of what nothing acts on yet
    /// @param broken the names that failed directives would have declared
    /// @param missing the included files whose text is not there
    record Parsed(
            List<Directive> directives,
            List<TableDefinition> inPlace,
            List<Filter> chains,
            List<Problem> problems,
            List<Problem> notYet,
            Set<String> broken,
            Set<String> missing) {}

    private final Sources sources;
    private final Tokens in;
    private final List<Directive> directives = new ArrayList<>();
    private final List<Problem> problems = new ArrayList<>();
    private final Set<String> broken = new HashSet<>();
    private final Set<String> missing = new HashSet<>();

    private Parser(Sources sources) {
        this.sources = sources;
        this.in = new Tokens(sources);
    }

    static Parsed parse(Sources sources) {
        var parser = new Parser(sources);
        parser.run();
        parser.problems.addAll(parser.in.lexer().returns());
        return new Parsed(
                parser.directives,
                parser.in.inPlace(),
                parser.in.chains(),
                parser.problems,
                parser.in.notYet(),
                parser.broken,
                parser.missing);
    }

    private void run() {
        var more = true;
        while (more) {
            in.begin();
            try {
                more = line();
            } catch (Syntax error) {
                in.begun().stream()
                        .filter(token -> token.kind() == Token.Kind.STRING)
                        .findFirst()
                        .ifPresent(token -> broken.add(token.text()));
                var unclosed = in.recover();
                problems.add(explained(error.problem(), unclosed));
            }
        }
    }

    private Problem explained(Problem problem, Optional<Position> unclosed) {
        var begun = in.begun();
        if (!begun.isEmpty() && OldGrammar.isOldRule(begun.getFirst())) {
            return oldRule(begun);
        }
        return unclosed.map(brace -> problem.with("the '{' at " + brace + " is never closed"))
                .orElse(problem);
    }

    private Problem oldRule(List<Token> line) {
        var first = line.getFirst();
        var notes = new ArrayList<String>();
        var lines = OldGrammar.translate(line);
        if (lines.isEmpty()) {
            notes.add("an action says how to deliver or relay, and a match for whom");
        } else {
            notes.add("write instead:");
            notes.addAll(lines);
        }
        return sources.problem(
                first.at(),
                "a rule of OpenSMTPD before 6.4: expected match, found " + first.text(),
                notes);
    }

    /// Reads one line or one directive; the answer is whether there may be another.
    private boolean line() throws Syntax {
        var token = in.peek();
        switch (token.kind()) {
            case END -> {
                return false;
            }
            case NEWLINE -> in.endOfLine();
            case STRING -> macro();
            case KEYWORD -> {
                if (token.text().equals(Tokens.text(Directive.Word.INCLUDE))) {
                    include();
                } else {
                    var directive = Directive.parse(in);
                    in.endOfLine();
                    directives.add(directive);
                }
            }
            case NUMBER, ARROW, PUNCTUATION -> throw in.expected("a directive");
        }
        return true;
    }

    /// Reads a macro definition; what else begins with a string is a mistake.
    ///
    ///     macro = name "=" string
    private void macro() throws Syntax {
        var first = in.peek();
        var at = first.at();
        var name = in.string("a name");
        if (!in.acceptsArrow()) {
            throw in.notADirective(first);
        }
        if (name.isEmpty() || name.chars().anyMatch(c -> c == ' ' || c == '\t')) {
            throw in.error(at, "the name of a macro has no blanks");
        }
        var value = in.string("the value of a macro");
        in.endOfLine();
        in.lexer().define(name, value, at);
    }

    /// Reads an include.
    ///
    ///     include = "include" string
    private void include() throws Syntax {
        in.word(Directive.Word.class, "include");
        var at = in.position();
        var name = in.text("the name of a file");
        in.endOfLine();
        if (sources.text(name).isEmpty()) {
            missing.add(name);
        }
        in.begin();
        try {
            in.lexer().include(at, name);
        } catch (Syntax error) {
            problems.add(error.problem()); // The line is read to its end, there is nothing to skip.
        }
    }
}
