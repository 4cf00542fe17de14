package org.postern.house;

import java.io.File;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/// What was built, copied to where every user can read it, as a package would install it. One for
/// all tests; removed when they end.
final class Installation {
    private static final Path PLACE = install();

    private Installation() {}

    private static Path install() {
        try {
            var place = Files.createTempDirectory("postern-installed");
            Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("rwxr-xr-x"));
            copy(Path.of("target/classes"), place.resolve("classes"));
            copy(Path.of("target/lib"), place.resolve("lib"));
            copy(Path.of("target/lib-tables"), place.resolve("lib-tables"));
            Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(place)));
            return place;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /// The command that runs the program with `words`.
    static List<String> command(String... words) {
        var command =
                new ArrayList<String>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-Xshare:auto",
                                "-XX:-UsePerfData",
                                "--enable-native-access=org.postern",
                                "-p",
                                modulePath(),
                                "-m",
                                "org.postern/org.postern.Postern"));
        command.addAll(List.of(words));
        return command;
    }

    /// Where the program's modules lie.
    static String modulePath() {
        return PLACE.resolve("classes") + File.pathSeparator + PLACE.resolve("lib");
    }

    /// The same for a program that is no module.
    static String classPath() {
        return PLACE.resolve("classes") + File.pathSeparator + PLACE.resolve("lib") + "/*";
    }

    static void copy(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (var file : (Iterable<Path>) files::iterator) {
                var target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                    Files.setPosixFilePermissions(
                            target, PosixFilePermissions.fromString("rwxr-xr-x"));
                } else {
                    Files.copy(file, target);
                    Files.setPosixFilePermissions(
                            target, PosixFilePermissions.fromString("rw-r--r--"));
                }
            }
        }
    }

    static void remove(Path tree) {
        try {
            Files.walkFileTree(
                    tree,
                    new SimpleFileVisitor<>() {
                        @Override
                        public FileVisitResult visitFile(Path file, BasicFileAttributes facts)
                                throws IOException {
                            Files.deleteIfExists(file);
                            return FileVisitResult.CONTINUE;
                        }

                        @Override
                        public FileVisitResult postVisitDirectory(Path directory, IOException e)
                                throws IOException {
                            Files.deleteIfExists(directory);
                            return FileVisitResult.CONTINUE;
                        }
                    });
        } catch (IOException e) {
            System.err.println("left behind: " + e);
        }
    }
}
