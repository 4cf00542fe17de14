package org.postern.planted.tool;

/// A tool.
public final class Ctl {}
