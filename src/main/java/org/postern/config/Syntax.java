package org.postern.config;

/// Thrown where a directive cannot be read on; the parser notes the problem and goes on with the
/// next.
final class Syntax extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    Syntax(Problem problem) {
        super(problem.headline());
        this.problem = problem;
    }

    Problem problem() {
        return problem;
    }
}
