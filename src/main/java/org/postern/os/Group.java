package org.postern.os;

/// A group of the system, as group(5) has it.
///
/// @param name its name
/// @param gid its id
public record Group(String name, int gid) {}
