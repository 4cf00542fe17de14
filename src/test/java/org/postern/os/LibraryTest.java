package org.postern.os;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The smaller things that the JDK does not offer.
@Timeout(60)
class LibraryTest {
    @TempDir Path folder;

    @Test
    void rootHasAnAccount() {
        var found = assertInstanceOf(Lookup.Found.class, new Accounts().byName("root"));
        var account = assertInstanceOf(Account.class, found.value());
        assertEquals(0, account.uid());
        assertEquals("/root", account.home().toString());
    }

    @Test
    void anAccountIsFoundByItsNumberToo() {
        assertEquals(new Accounts().byName("daemon"), new Accounts().byUid(1));
    }

    @Test
    void nobodyIsNotAnError() {
        assertEquals(new Lookup.Absent<Account>(), new Accounts().byName("no-such-user"));
        assertEquals(new Lookup.Absent<Account>(), new Accounts().byName("root\0x"));
        assertEquals(new Lookup.Absent<Group>(), new Accounts().group("no-such-group"));
    }

    @Test
    void aGroupIsFoundByName() {
        assertEquals(new Lookup.Found<>(new Group("root", 0)), new Accounts().group("root"));
    }

    @Test
    void anAccountHasItsPrimaryGroup() throws IOException {
        if (new Accounts().byName("daemon") instanceof Lookup.Found<Account>(var daemon)) {
            assertTrue(new Accounts().identity(daemon).groups().contains(daemon.gid()));
        }
    }

    @Test
    void aSymbolicLinkIsNotFollowed() throws IOException {
        var link = Files.createSymbolicLink(folder.resolve("link"), Path.of("absent"));
        var refused = assertThrows(OsException.class, () -> OpenFile.read(link));
        assertEquals(Errno.ELOOP, refused.errno());
    }

    @Test
    void aFifoInPlaceOfAFileDoesNotHang() throws IOException {
        var fifo = folder.resolve("fifo");
        Filesystem.makeFifo(fifo, 0600);
        try (var open = OpenFile.read(fifo)) {
            assertFalse(open.facts().isRegular());
            assertTrue(open.facts().isFifo());
        }
    }

    @Test
    void theFactsOfAFileAreThoseOfJava() throws IOException {
        var file = Files.writeString(folder.resolve("file"), "12345");
        try (var open = OpenFile.read(file)) {
            var facts = open.facts();
            assertEquals(Files.getAttribute(file, "unix:ino"), facts.inode());
            assertEquals(Files.getAttribute(file, "unix:mode"), facts.mode());
            assertEquals(Files.getAttribute(file, "unix:uid"), facts.uid());
            assertEquals(Files.getAttribute(file, "unix:nlink"), facts.links());
            assertEquals(5, facts.size());
        }
    }

    @Test
    void aFileIsReadWhole() throws IOException {
        var bytes = "0123456789".repeat(30_000).getBytes(StandardCharsets.US_ASCII);
        var file = Files.write(folder.resolve("file"), bytes);
        try (var open = OpenFile.read(file)) {
            assertArrayEquals(bytes, open.readAll(bytes.length));
        }
        try (var open = OpenFile.read(file)) {
            assertThrows(IOException.class, () -> open.readAll(bytes.length - 1));
        }
    }

    @Test
    void aFailedAppendCanBeTakenBack() throws IOException {
        var file = Files.writeString(folder.resolve("mbox"), "old\n");
        try (var open = OpenFile.append(file, 0600)) {
            open.write("new\n".getBytes(StandardCharsets.US_ASCII), 0, 4);
            open.sync();
            assertEquals("old\nnew\n", Files.readString(file));
            open.truncate(4);
            assertEquals("old\n", Files.readString(file));
        }
    }

    @Test
    void oneMboxHasOneWriter() throws Exception {
        var file = folder.resolve("mbox");
        try (var first = OpenFile.append(file, 0600);
                var second = OpenFile.append(file, 0600)) {
            assertTrue(first.lock(Duration.ZERO));
            assertFalse(second.lock(Duration.ofMillis(1)));
            first.close();
            assertTrue(second.lock(Duration.ZERO));
        }
    }

    @Test
    void aRenameDoesNotReplace() throws IOException {
        var from = Files.writeString(folder.resolve("from"), "a");
        var to = Files.writeString(folder.resolve("to"), "b");
        var refused = assertThrows(OsException.class, () -> Filesystem.renameNew(from, to));
        assertEquals(Errno.EEXIST, refused.errno());
        Filesystem.renameNew(from, folder.resolve("free"));
        assertEquals("a", Files.readString(folder.resolve("free")));
        Filesystem.syncDirectory(folder);
    }

    @Test
    void thereIsRoomWhereJavaSeesIt() throws IOException {
        var space = Filesystem.space(folder);
        assertEquals(Files.getFileStore(folder).getTotalSpace(), space.bytes());
        assertTrue(space.bytesFree() > 0);
    }

    @Test
    void aLongSocketPathIsReached() throws IOException {
        var deep =
                Files.createDirectories(folder.resolve("d".repeat(100)).resolve("e".repeat(100)));
        var path = deep.resolve("sock");
        try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                var client = SocketChannel.open(StandardProtocolFamily.UNIX);
                var bound = SocketPath.of(path);
                var reached = SocketPath.of(path)) {
            server.bind(bound.address());
            assertTrue(Files.exists(path));
            client.connect(reached.address());
            try (var accepted = server.accept()) {
                client.write(ByteBuffer.wrap(new byte[] {42}));
                var got = ByteBuffer.allocate(1);
                accepted.read(got);
                assertEquals(42, got.get(0));
            }
        }
    }

    @Test
    void aShortSocketPathIsUsedAsItIs() throws IOException {
        try (var path = SocketPath.of(Path.of("/run/x.sock"))) {
            assertEquals(Path.of("/run/x.sock"), path.address().getPath());
        }
    }

    @Test
    void aSyslogNobodyHearsOnlyCounts() {
        try (var syslog =
                new Syslog(
                        "smtpd",
                        folder.resolve("absent"),
                        4,
                        () -> Instant.EPOCH,
                        ZoneOffset.UTC)) {
            for (int i = 0; i < 100; i++) {
                syslog.write(Syslog.Severity.INFO, "line");
            }
            syslog.close();
            assertEquals(100, syslog.dropped());
        }
    }

    @Test
    void aSyslogLineHasTheFormOfLocalPrograms() throws Exception {
        var path = folder.resolve("log");
        try (var listener = new DatagramListener(path);
                var syslog = new Syslog("smtpd", path, 4, () -> Instant.EPOCH, ZoneOffset.UTC)) {
            syslog.write(Syslog.Severity.WARNING, "a\nb");
            assertEquals(
                    "<20>Jan  1 00:00:00 smtpd[" + ProcessFacts.pid() + "]: a b",
                    listener.receive());
        }
    }

    @Test
    void theHostHasAName() throws IOException {
        assertEquals(
                Files.readString(Path.of("/proc/sys/kernel/hostname")).strip(),
                ProcessFacts.hostname());
    }

    @Test
    void ourStatusIsOurs() throws IOException {
        assertEquals(ProcessHandle.current().pid(), ProcessFacts.pid());
        assertEquals(ProcessFacts.uid(), ProcessFacts.status(ProcessFacts.pid()).uid());
    }

    @Test
    void theFileLimitIsRaisedToTheMost() throws IOException {
        long limit = ProcessFacts.raiseFileLimit();
        var line =
                Files.readAllLines(Path.of("/proc/self/limits")).stream()
                        .filter(l -> l.startsWith("Max open files"))
                        .findFirst()
                        .orElseThrow();
        assertEquals(String.valueOf(limit), line.split("\\s+")[3]);
    }

    @Test
    void nobodyToSignalIsSaid() {
        var refused = assertThrows(OsException.class, () -> ProcessFacts.kill(0x3ffffff, 0));
        assertEquals(Errno.ESRCH, refused.errno());
    }
}
