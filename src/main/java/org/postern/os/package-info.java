/// What Postern needs from Linux and what the JDK does not offer: being born confined, acting as a
/// user, accounts of the system, files opened with care, syslog, and facts about processes.
///
/// The only package that calls native code (`java.lang.foreign`; glibc 2.34 or newer, Linux on
/// x86_64 or aarch64). It runs with the rights of the room that calls it: the supervisor and
/// `delivery` use [Spawn], only `delivery` uses [AsUser], every room may use the rest. All native
/// calls go through one class, `Libc`.
///
/// Identity of a thread: system calls that change credentials are made raw, so that they change the
/// calling thread only. Never call glibc's `setresuid` and its kin in a process that uses this
/// package: glibc insists that all threads agree, and aborts.
@NullMarked
package org.postern.os;

import org.jspecify.annotations.NullMarked;
