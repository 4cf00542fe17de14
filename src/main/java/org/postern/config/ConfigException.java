package org.postern.config;

import java.util.List;
import java.util.stream.Collectors;

/// A configuration that cannot be used; it carries everything found wrong in one reading.
public final class ConfigException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    public ConfigException(List<Problem> problems) {
        super(problems.stream().map(Problem::text).collect(Collectors.joining("\n")));
        if (problems.isEmpty()) {
            throw new IllegalArgumentException("an error without a problem");
        }
        this.problems = List.copyOf(problems);
    }

    /// All problems, in the order in which they were found; never empty.
    public List<Problem> problems() {
        return problems;
    }
}
