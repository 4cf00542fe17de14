package org.postern.supervisor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.postern.config.Host;
import org.postern.ipc.Place;
import org.postern.mail.AddressSyntax;
import org.postern.os.Interfaces;
import org.postern.os.ProcessFacts;

/// What the configuration has to know of this machine.
final class MachineFacts {
    private MachineFacts() {}

    /// Looks at the machine.
    ///
    /// The server's name is the first line of the file `mailname` beside the configuration (or
    /// `/etc/mailname`), else the name of the host, with its domain if the system knows it.
    ///
    /// @throws IOException if there is no usable name, naming where it was looked for
    static Host look(Place place) throws IOException {
        return new Host(serverName(place), Interfaces.addresses());
    }

    private static String serverName(Place place) throws IOException {
        var beside = place.config().toAbsolutePath().resolveSibling("mailname");
        for (var file : List.of(beside, Path.of("/etc/mailname"))) {
            var name = firstLine(file);
            if (name.isPresent()) {
                if (!AddressSyntax.isHostName(name.get())) {
                    throw new IOException(file + ": the first line is not a host name");
                }
                return name.get();
            }
        }
        var host = ProcessFacts.hostname();
        var full = host.contains(".") ? host : Interfaces.canonicalName(host);
        if (!AddressSyntax.isHostName(full)) {
            throw new IOException("this host has no usable name; write one into " + beside);
        }
        return full;
    }

    private static Optional<String> firstLine(Path file) throws IOException {
        if (!Files.isReadable(file)) {
            return Optional.empty();
        }
        try (var lines = Files.lines(file, StandardCharsets.ISO_8859_1)) {
            return lines.findFirst().map(String::strip).filter(line -> !line.isEmpty());
        }
    }
}
