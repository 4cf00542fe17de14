package org.postern.config;

import java.util.List;
import java.util.stream.Collectors;

/// A configuration that cannot be used; it carries everything found wrong in one reading.
public final class ConfigException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;
    private final transient List<Problem> warnings;

    public ConfigException(List<Problem> problems) {
        this(problems, List.of());
    }

    /// An exception with what is wrong, and what is doubtful besides.
    public ConfigException(List<Problem> problems, List<Problem> warnings) {
        super(problems.stream().map(Problem::text).collect(Collectors.joining("\n")));
        if (problems.isEmpty()) {
            throw new IllegalArgumentException("an error without a problem");
        }
        this.problems = List.copyOf(problems);
        this.warnings = List.copyOf(warnings);
    }

    /// All problems, in the order in which they were found; never empty.
    public List<Problem> problems() {
        return problems;
    }

    /// What is doubtful besides, and no error; may be empty.
    public List<Problem> warnings() {
        return warnings;
    }
}
