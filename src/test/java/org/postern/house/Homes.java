package org.postern.house;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/// Accounts that only a private world sees, with homes in which all kinds of `.forward` files lie.
final class Homes {
    private static final int FIRST_USER = 47_001;
    private static final int ORDINARY = 0644;

    /// What lies in the `.forward` of whom.
    private static final Map<String, String> FORWARDS = new TreeMap<>();

    /// Who has no `.forward`.
    private static final String[] PLAIN = {"alice", "tagged", "u.v", "with-dash", "postmaster"};

    static {
        FORWARDS.put("away", "away@remote.example\n");
        FORWARDS.put("copy", "\\copy, alice\n");
        FORWARDS.put("copyplain", "copyplain, alice@remote.example\n");
        FORWARDS.put("piped", "\"|cat >/dev/null\"\n");
        FORWARDS.put("pipebare", "|cat >/dev/null\n");
        FORWARDS.put("filed", "/dev/null\n");
        FORWARDS.put("empty", "");
        FORWARDS.put("comments", "# nobody\n  # nobody either\n");
        FORWARDS.put("trailing", "alice # and nobody else\n");
        FORWARDS.put("continued", "alice, \\\nu.v\n");
        FORWARDS.put("itself", "itself\n");
        FORWARDS.put("ping", "pong\n");
        FORWARDS.put("pong", "ping\n");
        FORWARDS.put("pingout", "pongout, alice\n");
        FORWARDS.put("pongout", "pingout\n");
        FORWARDS.put("broken", "this is no address\n");
        FORWARDS.put("halfbroken", "alice\n<>\n");
        FORWARDS.put("quoteopen", "\"|cat\n");
        FORWARDS.put("twice", "alice, alice, alice\n");
        FORWARDS.put("nobodythere", "no-such-user\n");
        FORWARDS.put("halfgone", "alice, no-such-user\n");
        FORWARDS.put("refusing", "error:550 mail is not read here\n");
        FORWARDS.put("later", "error:450 come back\n");
        FORWARDS.put("including", ":include:/etc/passwd\n");
        FORWARDS.put("includingtoo", ":include:/etc/passwd, alice\n");
        FORWARDS.put("refusedthere", "someone@rejected.example\n");
        FORWARDS.put("nowhere", "someone@unmatched.example\n");
        FORWARDS.put("tags", "tagged+one, tagged+two, tagged\n");
        FORWARDS.put("large", "alice # " + "x".repeat(5_000) + "\n");
        FORWARDS.put("nearlylarge", "alice # " + "x".repeat(1_900) + "\n");
        FORWARDS.put("many", "alice, ".repeat(50) + "u.v\n");
        FORWARDS.put("hundred", hundred());
        FORWARDS.put("groupwrites", "alice\n");
        FORWARDS.put("worldwrites", "alice\n");
        FORWARDS.put("unreadable", "alice\n");
        FORWARDS.put("otherowner", "alice\n");
        FORWARDS.put("rootowner", "alice\n");
        FORWARDS.put("stickyhome", "alice\n");
        FORWARDS.put("openhome", "alice\n");
        FORWARDS.put("strangehome", "alice\n");
        FORWARDS.put("crlf", "alice\r\n");
        FORWARDS.put("highbyte", "al\u00e9ce\n");
        FORWARDS.put("capital", "ALICE\n");
        FORWARDS.put("empties", ",, alice,,\n\n\n");
        for (int i = 1; i <= 11; i++) {
            FORWARDS.put("chain" + i, "chain" + (i + 1) + "\n");
        }
        FORWARDS.put("chain12", "alice\n");
    }

    private final Path folder;

    private Homes(Path folder) {
        this.folder = folder;
    }

    private static String hundred() {
        var text = new StringBuilder();
        for (int i = 0; i < 110; i++) {
            text.append("a").append(i).append("@remote.example\n");
        }
        return text.toString();
    }

    /// Makes all homes below `folder`, and beside them the file `people`, lines of passwd(5).
    static void build(Path folder) throws IOException {
        var homes = new Homes(folder);
        var lines = new StringBuilder();
        int user = FIRST_USER;
        for (var name : PLAIN) {
            lines.append(homes.move(name, user++));
        }
        for (var entry : FORWARDS.entrySet()) {
            lines.append(homes.move(entry.getKey(), user));
            homes.forward(entry.getKey(), user++, entry.getValue());
        }
        homes.spoil();
        lines.append(homes.passwd("nohome", user++)).append(homes.link(user++));
        lines.append(homes.folder(user));
        Files.writeString(folder.resolve("people"), lines);
    }

    private String passwd(String name, int user) {
        return "%s:x:%d:%d::%s:/bin/sh%n"
                .formatted(name, user, user, folder.resolve("home").resolve(name));
    }

    private String move(String name, int user) throws IOException {
        var home = Files.createDirectories(folder.resolve("home").resolve(name));
        Files.setAttribute(home, "unix:mode", 0755);
        own(home, user);
        return passwd(name, user);
    }

    private void forward(String name, int user, String text) throws IOException {
        var file = forward(name);
        Files.writeString(file, text, StandardCharsets.ISO_8859_1);
        Files.setAttribute(file, "unix:mode", ORDINARY);
        own(file, user);
    }

    private Path forward(String name) {
        return folder.resolve("home").resolve(name).resolve(".forward");
    }

    private static void own(Path file, int user) throws IOException {
        Files.setAttribute(file, "unix:uid", user);
        Files.setAttribute(file, "unix:gid", user);
    }

    /// What is wrong with the files of some, and the homes of others.
    private void spoil() throws IOException {
        Files.setAttribute(forward("groupwrites"), "unix:mode", 0664);
        Files.setAttribute(forward("worldwrites"), "unix:mode", 0646);
        Files.setAttribute(forward("unreadable"), "unix:mode", 0);
        own(forward("otherowner"), FIRST_USER);
        own(forward("rootowner"), 0);
        Files.setAttribute(forward("stickyhome").getParent(), "unix:mode", 01755);
        Files.setAttribute(forward("openhome").getParent(), "unix:mode", 0777);
        own(forward("strangehome").getParent(), FIRST_USER);
    }

    /// One whose `.forward` is a symbolic link.
    private String link(int user) throws IOException {
        var line = move("linked", user);
        Files.createSymbolicLink(forward("linked"), forward("away"));
        return line;
    }

    /// One whose `.forward` is a folder.
    private String folder(int user) throws IOException {
        var line = move("foldered", user);
        own(Files.createDirectory(forward("foldered")), user);
        return line;
    }
}
