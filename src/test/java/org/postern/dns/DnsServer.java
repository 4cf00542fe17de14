package org.postern.dns;

import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.postern.Ports;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/// A name server of a test's own, over UDP and TCP on one loopback port.
public final class DnsServer implements Closeable {
    private final DatagramSocket udp;
    private final ServerSocket tcp;
    private final Map<String, List<Record>> records = new ConcurrentHashMap<>();
    private final Map<String, Integer> codes = new ConcurrentHashMap<>();
    private final AtomicInteger questions = new AtomicInteger();
    private final AtomicInteger overTcp = new AtomicInteger();
    private volatile long ttl = 300;
    private volatile boolean mute;

    private DnsServer(DatagramSocket udp, ServerSocket tcp) {
        this.udp = udp;
        this.tcp = tcp;
    }

    public static DnsServer start() throws IOException {
        var loopback = InetAddress.getByName("127.0.0.1");
        int port = Ports.free();
        var tcp = new ServerSocket(port, 50, loopback);
        var udp = new DatagramSocket(new InetSocketAddress(loopback, port));
        var server = new DnsServer(udp, tcp);
        Thread.ofPlatform().daemon().start(server::serveUdp);
        Thread.ofPlatform().daemon().start(server::serveTcp);
        return server;
    }

    public InetSocketAddress address() {
        return new InetSocketAddress(tcp.getInetAddress(), tcp.getLocalPort());
    }

    /// Adds a record in the form of a zone file, without its TTL: `example.org MX 10
    /// mx.example.org.`.
    public DnsServer has(String name, String type, String value) throws IOException {
        var owner = Name.fromString(name, Name.root);
        var record = Record.fromString(owner, Type.value(type), DClass.IN, ttl, value, Name.root);
        records.computeIfAbsent(key(owner), _ -> new ArrayList<>()).add(record);
        return this;
    }

    /// Records added from now on live for so many seconds.
    public DnsServer withTtl(long seconds) {
        ttl = seconds;
        return this;
    }

    /// Answers every question about `name` with an error.
    public DnsServer fails(String name, int code) throws IOException {
        codes.put(key(Name.fromString(name, Name.root)), code);
        return this;
    }

    /// Says nothing any more.
    public DnsServer mute() {
        mute = true;
        return this;
    }

    /// How many questions there were about names other than the root.
    public int questions() {
        return questions.get();
    }

    int overTcp() {
        return overTcp.get();
    }

    private void serveUdp() {
        var buffer = new byte[4096];
        while (true) {
            try {
                var packet = new DatagramPacket(buffer, buffer.length);
                udp.receive(packet);
                var query = new Message(Arrays.copyOf(buffer, packet.getLength()));
                count(query);
                if (!mute) {
                    int room = query.getOPT() == null ? 512 : query.getOPT().getPayloadSize();
                    var bytes = answer(query).toWire(room);
                    udp.send(new DatagramPacket(bytes, bytes.length, packet.getSocketAddress()));
                }
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serveTcp() {
        while (true) {
            try (var socket = tcp.accept()) {
                var in = new DataInputStream(socket.getInputStream());
                var query = new Message(in.readNBytes(in.readUnsignedShort()));
                overTcp.incrementAndGet();
                var bytes = answer(query).toWire();
                var out = new DataOutputStream(socket.getOutputStream());
                out.writeShort(bytes.length);
                out.write(bytes);
                out.flush();
                in.read();
            } catch (IOException e) {
                if (tcp.isClosed()) {
                    return;
                }
            }
        }
    }

    private void count(Message query) {
        if (!query.getQuestion().getName().equals(Name.root)) {
            questions.incrementAndGet();
        }
    }

    private Message answer(Message query) throws IOException {
        var question = query.getQuestion();
        var reply = new Message(query.getHeader().getID());
        reply.getHeader().setFlag(Flags.QR);
        reply.getHeader().setFlag(Flags.RA);
        reply.addRecord(question, Section.QUESTION);
        var name = key(question.getName());
        var known = records.get(name);
        if (codes.containsKey(name)) {
            reply.getHeader().setRcode(codes.get(name));
        } else if (known == null) {
            reply.getHeader().setRcode(Rcode.NXDOMAIN);
            reply.addRecord(soa(), Section.AUTHORITY);
        } else {
            known.stream()
                    .filter(r -> r.getType() == question.getType() || r.getType() == Type.CNAME)
                    .forEach(r -> reply.addRecord(r, Section.ANSWER));
            if (reply.getSection(Section.ANSWER).isEmpty()) {
                reply.addRecord(soa(), Section.AUTHORITY);
            }
        }
        return reply;
    }

    private static String key(Name name) {
        return name.toString().toLowerCase(java.util.Locale.ROOT);
    }

    private static SOARecord soa() throws IOException {
        var owner = Name.fromString("example.");
        return new SOARecord(owner, DClass.IN, 60, owner, owner, 1, 60, 60, 60, 60);
    }

    @Override
    public void close() throws IOException {
        udp.close();
        tcp.close();
    }
}
