package org.postern.os;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/// What a program may reach, enforced by the kernel: landlock(7). Children inherit it and nobody
/// can lift it.
public sealed interface Landlock {
    /// No fence at all: only the identity decides.
    record Unfenced() implements Landlock {}

    /// A fence around files and the network. Signals and abstract sockets beyond it are out of
    /// reach as well, from Landlock ABI 6 on.
    ///
    /// @param files the files within
    /// @param network what it may do with TCP, from Landlock ABI 4 on
    record Fenced(Files files, Network network) implements Landlock {}

    /// The files within a fence.
    sealed interface Files {
        /// Every file that the identity may reach.
        record Every() implements Files {}

        /// Only these, each with everything below it; what is not named is out of reach. A path
        /// that does not exist when the program starts stays out of reach, and is reported.
        ///
        /// @param readable may be read and listed
        /// @param writable may be read, listed, written, made, renamed and removed
        /// @param executable may be read, listed and executed; the program, its libraries and
        ///   `ld.so`
        record Only(Set<Path> readable, Set<Path> writable, Set<Path> executable) implements Files {
            public Only {
                readable = Set.copyOf(readable);
                writable = Set.copyOf(writable);
                executable = Set.copyOf(executable);
            }
        }
    }

    /// What a program may do with TCP. Other protocols are not Landlock's matter: see [Seccomp].
    sealed interface Network {
        /// Bind and connect as it likes.
        record Open() implements Network {}

        /// Neither bind nor connect.
        record Denied() implements Network {}

        /// Connect as it likes; bind these ports only. Binding a chosen source address for a
        /// connection to port 0 needs 0 in the list.
        record BindOnly(List<Integer> ports) implements Network {
            public BindOnly {
                ports = List.copyOf(ports);
                if (ports.stream().anyMatch(port -> port < 0 || port > 65535)) {
                    throw new IllegalArgumentException("not ports: " + ports);
                }
            }
        }
    }

    /// What the kernel made of the rules.
    sealed interface Outcome {
        /// None were asked for.
        record NotAsked() implements Outcome {}

        /// The rules hold.
        ///
        /// @param abi the version of Landlock that the kernel has, 1 or more
        /// @param gaps what it could not enforce, and paths that do not exist; for the log
        record Applied(int abi, List<String> gaps) implements Outcome {
            public Applied {
                gaps = List.copyOf(gaps);
            }
        }

        /// This kernel has no Landlock, or it is switched off; the program runs without a fence.
        ///
        /// @param cause why, for the log
        record Unavailable(String cause) implements Outcome {}
    }
}
