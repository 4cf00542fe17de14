package org.postern.config;

/// Thrown where a directive cannot be read on; the parser notes the problem and goes on with the
/// next. It has no stack trace: it is about a place in a file, and a file can have many mistakes.
final class Syntax extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    Syntax(Problem problem) {
        super(problem.headline(), null, false, false);
        this.problem = problem;
    }

    Problem problem() {
        return problem;
    }
}
