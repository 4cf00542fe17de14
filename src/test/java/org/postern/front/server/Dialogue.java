package org.postern.front.server;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.ExtendedSSLSession;
import org.junit.jupiter.api.Assertions;
import org.postern.config.Config;
import org.postern.config.ConfigException;
import org.postern.config.Host;
import org.postern.config.Listen;
import org.postern.config.Sources;
import org.postern.dns.ClientNames.ClientName;
import org.postern.front.filter.Filters;
import org.postern.front.filter.Programs;
import org.postern.front.server.Reception.Trait;
import org.postern.ipc.Place;
import org.postern.log.Log;
import org.postern.mail.Carriage;
import org.postern.mail.MessageFacts;
import org.postern.mail.SessionId;
import org.postern.mail.Urgency;
import org.postern.table.TableSet;

/// Plays a transcript with the real session over a pipe, and compares the whole of it.
///
/// `S:` lines are what the server says, `C:` lines what the client sends, ended by CR LF; in them
/// `\r`, `\n`, `\0`, `\\` and `\xHH` are those bytes, and `\` at the end leaves the line end out.
/// Before it sends a line the client waits for the `S:` lines above it; consecutive `C:` lines are
/// sent at once. `C*` shakes hands: what follows is said over TLS, and a handshake that fails is an
/// `S*` with the alert, or with `closed`. `C+ MECHANISM BINDING USER PASSWORD` logs in by SCRAM;
/// only the last reply to it is compared. `C!` ends the client's side, `C?` lets it fall silent;
/// `S!` is the end of the server's side. `L:` lines, at the end, are lines that the log must hold,
/// `Q:` lines what the queue was given. A `K:` line at the beginning sets the stage: `local`,
/// `587`, `no-dsn`, `mask-src`, `full`, `away`, `hangs-up`, `disk-error`, `no-space`,
/// `small-limits`, `unconfirmed`, `nameless`, `xclient` for a client that may say it; `tls`,
/// `tls-require`, `smtps`, and `keeper-away` for them; `loopback`, `auth`, `auth-optional`,
/// `auth-without-tls`, `received-auth`, `senders`, `masquerade`, `scram`, `token`. `F:` lines at
/// the beginning are the filters of a configuration; the one called `it` is the listener's. `S: 250
/// (extensions)` stands for the lines of all that EHLO offers on that stage, `S: 250 (extensions
/// and AUTH PLAIN LOGIN)` for these with one more.
final class Dialogue {
    /// The time in dialogues.
    static final Instant NOW = Instant.parse("2025-03-04T10:11:12Z");

    static final Limits LIMITS =
            new Limits(
                    100,
                    1000,
                    100_000,
                    36_700_160,
                    20,
                    50,
                    Duration.ofMinutes(5),
                    Duration.ofMinutes(30),
                    Duration.ofHours(3),
                    100);

    private static final Limits SMALL_LIMITS =
            new Limits(
                    2,
                    3,
                    4,
                    100,
                    5,
                    4,
                    Duration.ofMinutes(5),
                    Duration.ofMinutes(30),
                    Duration.ofHours(3),
                    100);

    private final List<String> log = new CopyOnWriteArrayList<>();
    private final List<String> transcript = new ArrayList<>();
    private Programs programs =
            new Programs(Place.below(java.nio.file.Path.of("nowhere")), log::add);
    private Set<String> stage = Set.of();
    private IntSupplier piece = () -> Integer.MAX_VALUE;
    private String filters = "";
    private int writes;

    /// Whether the script has shaken hands by the line that is looked at.
    private boolean secured;

    /// Whether the reply that comes next in the script is in the transcript already.
    private boolean answered;

    /// The client's side of TLS, once there is one.
    private List<ExtendedSSLSession> sessions = List.of();

    /// The client's end, from the moment on in which there is one.
    private Link client = new Pipe(1).client();

    /// A dialogue whose client's bytes reach the server at most `size` at a time.
    Dialogue inPiecesOf(int size) {
        piece = () -> size;
        return this;
    }

    /// A dialogue whose client's bytes reach the server in pieces of any size.
    Dialogue choppedBy(Random random) {
        piece = () -> 1 + random.nextInt(random.nextBoolean() ? 4 : 200);
        return this;
    }

    /// A dialogue whose filter programs are called at sockets below this root.
    Dialogue programsBelow(java.nio.file.Path root) {
        programs = new Programs(Place.below(root), log::add);
        return this;
    }

    /// How often the server wrote.
    int writes() {
        return writes;
    }

    /// Plays `script` and fails unless everything is as it says.
    Dialogue reads(String script) throws Exception {
        var lines =
                script.lines().filter(line -> !line.isBlank() && !line.startsWith("#")).toList();
        stage =
                lines.stream()
                        .filter(line -> line.startsWith("K:"))
                        .flatMap(line -> Arrays.stream(line.substring(2).strip().split(" ")))
                        .collect(Collectors.toCollection(TreeSet::new));
        filters =
                lines.stream()
                        .filter(line -> line.startsWith("F:"))
                        .map(line -> line.substring(2).strip())
                        .collect(Collectors.joining("\n"));
        var played =
                lines.stream()
                        .filter(line -> line.startsWith("S") || line.startsWith("C"))
                        .flatMap(this::written)
                        .toList();
        try (var queue = new FakeQueue()) {
            var socket = set(queue);
            try (var submissions = new Submissions(socket, 8, queue.deadlines())) {
                play(played, submissions);
            }
            Assertions.assertEquals(List.of(), queue.broken());
            Assertions.assertEquals(
                    String.join("\n", played), String.join("\n", transcript), "the dialogue");
            compareQueue(lines, queue);
        }
        compareLog(lines);
        return this;
    }

    /// The lines of the script come in their order.
    private Stream<String> written(String line) {
        secured |= line.equals("C*");
        return line.startsWith("S: 250 (extensions") && line.endsWith(")")
                ? extensions(line.substring("S: 250 (extensions".length(), line.length() - 1))
                        .stream()
                        .map(text -> "S: 250" + text)
                : Stream.of(line);
    }

    private List<String> extensions(String also) {
        var lines = new ArrayList<String>();
        var limits = stage.contains("small-limits") ? SMALL_LIMITS : LIMITS;
        lines.add("-8BITMIME");
        lines.add("-ENHANCEDSTATUSCODES");
        lines.add("-SIZE " + limits.messageSize());
        if (!stage.contains("no-dsn")) {
            lines.add("-DSN");
        }
        lines.add("-PIPELINING");
        lines.add("-CHUNKING");
        lines.add("-BINARYMIME");
        lines.add("-SMTPUTF8");
        if (stage.contains("xclient")) {
            lines.add("-" + Impersonation.OFFER);
        }
        lines.add("-LIMITS MAILMAX=" + limits.mails() + " RCPTMAX=" + limits.recipients());
        if (!secured && (stage.contains("tls") || stage.contains("tls-require"))) {
            lines.add("-STARTTLS");
        }
        if (secured || stage.contains("smtps")) {
            lines.add("-REQUIRETLS");
        }
        if (stage.contains("local")) {
            lines.add("-FUTURERELEASE 604800 2025-03-11T10:11:12Z");
        }
        lines.add("-MT-PRIORITY");
        lines.add("-DELIVERBY 60");
        if (also.startsWith(" and ")) {
            lines.add("-" + also.substring(" and ".length()));
        }
        lines.add(" HELP");
        return lines;
    }

    private java.nio.file.Path set(FakeQueue queue) {
        if (stage.contains("full")) {
            queue.has(org.postern.ipc.Submission.Space.FULL);
        }
        if (stage.contains("hangs-up")) {
            queue.isIn(FakeQueue.Mood.HANGS_UP);
        }
        if (stage.contains("disk-error")) {
            queue.isIn(FakeQueue.Mood.DISK_ERROR);
        }
        if (stage.contains("no-space")) {
            queue.isIn(FakeQueue.Mood.NO_SPACE);
        }
        return stage.contains("away")
                ? queue.socket().resolveSibling("nobody.sock")
                : queue.socket();
    }

    private void play(List<String> played, Submissions submissions) throws Exception {
        var pipe = new Pipe(piece);
        var session = session(pipe, submissions);
        var thread =
                Thread.ofVirtual()
                        .start(
                                () -> {
                                    session.run();
                                    pipe.close();
                                });
        client = pipe.client();
        var out = new ByteArrayOutputStream();
        for (var line : played) {
            if (line.startsWith("S")) {
                send(out);
                if (answered) {
                    answered = false;
                } else if (!readLine() && line.equals("S!")) {
                    transcript.add(line);
                }
            } else {
                transcript.add(line);
                switch (line) {
                    case "C!" -> {
                        send(out);
                        pipe.end();
                    }
                    case "C?" -> {
                        send(out);
                        pipe.fallSilent();
                    }
                    case "C*" -> {
                        send(out);
                        shakeHands();
                    }
                    default -> say(line, out);
                }
            }
        }
        send(out);
        pipe.end();
        while (readLine()) {
            // Whatever it still says belongs to the transcript.
        }
        Assertions.assertTrue(thread.join(Duration.ofSeconds(60)), "the session does not end");
        writes = pipe.writes();
    }

    private void say(String line, ByteArrayOutputStream out) throws IOException {
        if (!line.startsWith("C+ ")) {
            out.write(bytes(line.length() > 3 ? line.substring(3) : ""));
            return;
        }
        send(out);
        var words = line.split(" ");
        var scram = new ScramClient(words[2], words[3], words[4], sessions);
        var next = Optional.of("AUTH " + words[1] + ' ' + scram.first());
        while (next.isPresent()) {
            var bytes = (next.get() + "\r\n").getBytes(StandardCharsets.US_ASCII);
            client.write(bytes, bytes.length);
            readLine();
            next = scram.answer(transcript.getLast().substring("S: ".length()));
            if (next.isPresent()) {
                transcript.removeLast();
            }
        }
        answered = true;
    }

    private void send(ByteArrayOutputStream out) throws IOException {
        if (out.size() > 0) {
            client.write(out.toByteArray(), out.size());
            out.reset();
        }
    }

    private void shakeHands() throws Exception {
        var engine = LocalKeys.client().createSSLEngine();
        engine.setUseClientMode(true);
        var secured = new TlsLink(client);
        try {
            secured.shakeHands(engine, Duration.ofSeconds(60));
            client = secured;
            sessions = List.of((ExtendedSSLSession) engine.getSession());
        } catch (EOFException e) {
            transcript.add("S* closed");
        } catch (IOException e) {
            transcript.add("S* " + e.getMessage());
        }
    }

    private Protection protection() throws ConfigException {
        for (var word : List.of("tls-require", "tls", "smtps")) {
            if (stage.contains(word)) {
                var text =
                        "pki a cert c key k\nlisten on lo %s pki a\nmatch for any reject\n"
                                .formatted(word);
                var config =
                        Config.parse(Sources.of("c", text, new Host("mx.example.org", List.of())));
                return Protection.of(
                        config.listeners().getFirst(),
                        config,
                        stage.contains("keeper-away") ? LocalKeys.away() : LocalKeys.here(),
                        InstantSource.fixed(NOW));
            }
        }
        return new Protection.None();
    }

    private Session session(Link link, Submissions submissions) throws ConfigException {
        var traits = new TreeSet<Trait>(Set.of(Trait.OFFERS_DSN));
        if (stage.contains("local")) {
            traits.add(Trait.LOCAL);
        }
        if (stage.contains("587")) {
            traits.add(Trait.SUBMISSION_PORT);
        }
        if (stage.contains("mask-src")) {
            traits.add(Trait.MASKS_SOURCE);
        }
        if (stage.contains("xclient")) {
            traits.add(Trait.SPEAKS_FOR_OTHERS);
        }
        if (stage.contains("auth-without-tls")) {
            traits.add(Trait.AUTH_WITHOUT_TLS);
        }
        if (stage.contains("received-auth")) {
            traits.add(Trait.NAMES_LOGIN);
        }
        if (stage.contains("no-dsn")) {
            traits.remove(Trait.OFFERS_DSN);
        }
        var means =
                new Means(
                        stage.contains("small-limits") ? SMALL_LIMITS : LIMITS,
                        new Rules(),
                        filters(),
                        submissions,
                        new FakeLogins(stage),
                        new Traffic(),
                        new Log((_, line) -> log.add(line)),
                        InstantSource.fixed(NOW));
        var peer = stage.contains("local") ? local() : remote();
        return new Session(
                new SessionId(0x5d1c6f3a9b2e4c10L),
                link,
                new Reception(
                        "mx.example.org",
                        "",
                        filters.isEmpty() ? "" : "it",
                        traits,
                        protection(),
                        admission()),
                peer,
                means);
    }

    private static Peer local() {
        return Peer.local("mx.example.org", "alice", java.nio.file.Path.of("/run/smtpd.sock"));
    }

    private Peer remote() {
        var name = "client.example.net";
        if (stage.contains("unconfirmed")) {
            return Peers.at("192.0.2.10", new ClientName.Unconfirmed(name));
        }
        if (stage.contains("loopback")) {
            return Peers.LOOPBACK;
        }
        return stage.contains("nameless")
                ? Peers.at("192.0.2.10", new ClientName.Nameless())
                : Peers.CLIENT;
    }

    private Filters filters() {
        if (filters.isEmpty()) {
            return Filters.none();
        }
        try {
            var text = filters + "\nmatch reject\n";
            var host = new Host("mx.example.org", List.of("127.0.0.1"));
            var config = Config.parse(Sources.of("smtpd.conf", text, host));
            return Filters.of(TableSet.open(config, _ -> {}), programs);
        } catch (ConfigException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    private Admission admission() throws ConfigException {
        if (!stage.contains("auth") && !stage.contains("auth-optional")) {
            return new Admission.Closed(senders());
        }
        return new Admission.Open(
                new Listen.Logins.Accounts(),
                stage.contains("auth") ? Listen.Demand.REQUIRED : Listen.Demand.OPTIONAL,
                senders());
    }

    private Admission.Senders senders() throws ConfigException {
        if (!stage.contains("senders") && !stage.contains("masquerade")) {
            return new Admission.Senders.Free();
        }
        var text =
                """
                table addresses {
                    alice = "alice@example.org, info@*.example.org,@sales.example",
                    "bob@example.org" = "@"
                }
                listen on lo senders <addresses>%s
                match reject
                """
                        .formatted(stage.contains("masquerade") ? " masquerade" : "");
        var host = new Host("mx.example.org", List.of("127.0.0.1"));
        var config = Config.parse(Sources.of("smtpd.conf", text, host));
        return Admission.of(config.listeners().getFirst(), TableSet.open(config, _ -> {}))
                .senders();
    }

    private boolean readLine() throws IOException {
        var line = new StringBuilder();
        var one = new byte[1];
        while (true) {
            if (client.read(one, 0, 1, Duration.ofSeconds(20)) < 0) {
                return false;
            }
            int c = one[0] & 255;
            if (c == '\n') {
                if (line.isEmpty() || line.charAt(line.length() - 1) != '\r') {
                    Assertions.fail("the server sent a bare LF after " + line);
                }
                line.setLength(line.length() - 1);
                transcript.add("S: " + line);
                return true;
            }
            line.append((char) c);
        }
    }

    /// The bytes that a `C:` line stands for.
    static byte[] bytes(String line) {
        var out = new StringBuilder();
        boolean ends = true;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c != '\\') {
                out.append(c);
            } else if (i + 1 == line.length()) {
                ends = false;
            } else {
                i++;
                switch (line.charAt(i)) {
                    case 'r' -> out.append('\r');
                    case 'n' -> out.append('\n');
                    case '0' -> out.append('\0');
                    case 'x' -> {
                        out.append((char) Integer.parseInt(line.substring(i + 1, i + 3), 16));
                        i += 2;
                    }
                    default -> out.append(line.charAt(i));
                }
            }
        }
        return (ends ? out + "\r\n" : out.toString()).getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void compareQueue(List<String> lines, FakeQueue queue) {
        var wanted = lines.stream().filter(line -> line.startsWith("Q:")).toList();
        var given = new ArrayList<String>();
        for (var message : queue.kept()) {
            given.add("Q: from <" + message.facts().sender() + ">" + asked(message.facts()));
            for (var share : message.shares()) {
                given.add(
                        "Q: to <"
                                + share.recipient()
                                + "> by \""
                                + share.action()
                                + '"'
                                + dsn(share));
            }
            message.content().lines().forEach(line -> given.add(("Q: | " + line).stripTrailing()));
        }
        var stripped = wanted.stream().map(String::stripTrailing).toList();
        Assertions.assertEquals(
                String.join("\n", stripped), String.join("\n", given), "what the queue was given");
    }

    /// What else was asked for the message.
    private static String asked(MessageFacts facts) {
        var carriage = facts.carriage();
        return (carriage.form() == Carriage.Form.BINARY ? " binary" : "")
                + (carriage.needs().isEmpty() ? "" : " needs " + new TreeSet<>(carriage.needs()))
                + switch (carriage.release()) {
                    case Carriage.Release.AtOnce() -> "";
                    case Carriage.Release.At(var time) -> " not before " + time;
                }
                + (carriage.urgency().priority() == 0
                        ? ""
                        : " priority " + carriage.urgency().priority())
                + switch (carriage.urgency().deadline()) {
                    case Urgency.Deadline.Never() -> "";
                    case Urgency.Deadline.At(var time, var mode, var trace) ->
                            " by " + time + " " + mode + " " + trace;
                };
    }

    private static String dsn(org.postern.mail.Share share) {
        var notify =
                share.dsnNotify().isEmpty() ? "" : " notify " + new TreeSet<>(share.dsnNotify());
        return share.dsnOriginalRecipient().isEmpty()
                ? notify
                : notify + " orcpt " + share.dsnOriginalRecipient();
    }

    private void compareLog(List<String> lines) {
        var wanted =
                lines.stream()
                        .filter(line -> line.startsWith("L:"))
                        .map(line -> line.substring(2).strip())
                        .toList();
        if (!wanted.isEmpty()) {
            var given =
                    log.stream()
                            .map(line -> line.replace("5d1c6f3a9b2e4c10 smtp ", ""))
                            .filter(line -> !line.startsWith("connected "))
                            .toList();
            Assertions.assertEquals(String.join("\n", wanted), String.join("\n", given), "the log");
        }
    }
}
