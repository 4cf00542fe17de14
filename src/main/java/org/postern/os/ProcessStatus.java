package org.postern.os;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// What `/proc/PID/status` says about the rights of a process or thread, proc_pid_status(5).
///
/// @param name its name, up to 15 characters
/// @param uids real, effective, saved, file-system user
/// @param gids real, effective, saved, file-system group
/// @param groups supplementary groups
/// @param inheritable mask of capabilities; see [Capability]
/// @param permitted mask
/// @param effective mask
/// @param bounding mask
/// @param ambient mask
/// @param noNewPrivileges 1 when nothing it executes gains rights
/// @param seccomp 0 none, 1 strict, 2 filtered
/// @param residentKilobytes memory in use, 0 when not known
public record ProcessStatus(
        String name,
        List<Integer> uids,
        List<Integer> gids,
        List<Integer> groups,
        long inheritable,
        long permitted,
        long effective,
        long bounding,
        long ambient,
        int noNewPrivileges,
        int seccomp,
        long residentKilobytes) {
    public ProcessStatus {
        uids = List.copyOf(uids);
        gids = List.copyOf(gids);
        groups = List.copyOf(groups);
    }

    /// Reads the status of one process or thread, such as `/proc/1/status`.
    ///
    /// @throws IOException when it has ended, or the file is not what it should be
    static ProcessStatus read(Path file) throws IOException {
        return parse(Files.readString(file, StandardCharsets.ISO_8859_1));
    }

    /// Reads the text of a status file.
    public static ProcessStatus parse(String text) throws IOException {
        var lines = new HashMap<String, String>();
        text.lines()
                .map(line -> line.split(":", 2))
                .filter(parts -> parts.length == 2)
                .forEach(parts -> lines.put(parts[0], parts[1].strip()));
        try {
            return new ProcessStatus(
                    word(lines, "Name"),
                    ids(word(lines, "Uid")),
                    ids(word(lines, "Gid")),
                    ids(word(lines, "Groups")),
                    mask(lines, "CapInh"),
                    mask(lines, "CapPrm"),
                    mask(lines, "CapEff"),
                    mask(lines, "CapBnd"),
                    mask(lines, "CapAmb"),
                    Integer.parseInt(word(lines, "NoNewPrivs")),
                    Integer.parseInt(lines.getOrDefault("Seccomp", "0")),
                    Long.parseLong(lines.getOrDefault("VmRSS", "0 kB").split(" ", 2)[0]));
        } catch (NumberFormatException odd) {
            throw new IOException("not the status of a process", odd);
        }
    }

    private static String word(Map<String, String> lines, String key) throws IOException {
        var value = lines.get(key);
        if (value == null) {
            throw new IOException("the status of a process has no " + key);
        }
        return value;
    }

    private static long mask(Map<String, String> lines, String key) throws IOException {
        return Long.parseUnsignedLong(word(lines, key), 16);
    }

    private static List<Integer> ids(String text) {
        return Stream.of(text.split("\\s+", -1))
                .filter(id -> !id.isEmpty())
                .map(Integer::parseUnsignedInt)
                .toList();
    }

    /// Gives the effective user.
    public int uid() {
        return uids.get(1);
    }

    /// Gives the effective group.
    public int gid() {
        return gids.get(1);
    }
}
