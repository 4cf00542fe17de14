package org.postern.house;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.spi.ToolProvider;

/// What was built, put where every user can read it, as a package would install it. One for all
/// tests; removed when they end.
final class Installation {
    private static final Set<PosixFilePermission> FOR_ALL =
            PosixFilePermissions.fromString("rwxr-xr-x");

    private static final String JAR = "lib/postern.jar";
    private static final String LIBRARIES = "lib/lib";
    private static final Path PLACE = install();

    private Installation() {}

    private static Path install() {
        try {
            var place = Files.createTempDirectory("postern-installed");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(place)));
            Files.setPosixFilePermissions(place, FOR_ALL);
            copy(Path.of("bin"), place.resolve("bin"));
            try (var launchers = Files.list(place.resolve("bin"))) {
                for (var launcher : launchers.toList()) {
                    Files.setPosixFilePermissions(launcher, FOR_ALL);
                }
            }
            copy(Path.of("target/lib"), place.resolve(LIBRARIES));
            copy(Path.of("target/lib-tables"), place.resolve("lib/lib-tables"));
            Files.setPosixFilePermissions(place.resolve("lib"), FOR_ALL);
            pack(Path.of("target/classes"), place.resolve(JAR));
            shareClasses(place);
            return place;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void pack(Path classes, Path jar) throws IOException {
        var tool = ToolProvider.findFirst("jar").orElseThrow();
        var words = List.of("--create", "--file", jar.toString(), "-C", classes.toString(), ".");
        if (tool.run(System.out, System.err, words.toArray(String[]::new)) != 0) {
            throw new IOException("no jar could be made of " + classes);
        }
        Files.setPosixFilePermissions(jar, PosixFilePermissions.fromString("rw-r--r--"));
    }

    /// With the archive of classes, servers start in half the time. Without it they work too.
    private static void shareClasses(Path place) throws IOException {
        // Our own streams belong to whoever runs the tests.
        var builder =
                new ProcessBuilder(place.resolve("bin/share-classes").toString())
                        .redirectInput(new File("/dev/null"))
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().remove("POSTERN_ROOT");
        var process = builder.start();
        try {
            if (!process.waitFor(5, TimeUnit.MINUTES) || process.exitValue() != 0) {
                process.destroy();
                System.err.println("the servers of these tests start without an archive");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// The command that runs a program with arguments.
    static List<String> command(String program, String... arguments) {
        var command = new ArrayList<>(List.of(PLACE.resolve("bin").resolve(program).toString()));
        command.addAll(List.of(arguments));
        return command;
    }

    /// The classes of the program, for one that is no module.
    static String classPath() {
        return PLACE.resolve(JAR) + File.pathSeparator + PLACE.resolve(LIBRARIES) + "/*";
    }

    static void copy(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (var file : (Iterable<Path>) files::iterator) {
                var target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                    Files.setPosixFilePermissions(target, FOR_ALL);
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
