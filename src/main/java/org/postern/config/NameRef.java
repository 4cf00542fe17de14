package org.postern.config;

/// The use of a name that another directive declares: a filter, a program, a key.
public record NameRef(Position at, String name) {}
