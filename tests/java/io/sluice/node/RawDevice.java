package io.sluice.node;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// A device of MQTT 3.1.1 that does what it is told and nothing by itself: no resend, no PUBREL, no reconnect. So a
/// test can say exactly what went over the wire.
final class RawDevice implements AutoCloseable {
    static final int CONNACK = 2;
    static final int PUBACK = 4;
    static final int PUBREC = 5;
    static final int PUBCOMP = 7;

    /// A packet of the server.
    record Heard(int type, int packetId) {}

    private final Socket socket;
    private final List<Heard> heard = new CopyOnWriteArrayList<>();
    private volatile boolean sessionPresent;
    private volatile boolean ended;

    private RawDevice(Socket socket) {
        this.socket = socket;
    }

    /// Connects with a session that outlives the connection.
    ///
    /// @throws UncheckedIOException if the server does not take it
    static RawDevice connect(InetSocketAddress server, String clientId) {
        return connect(server, clientId, "", "");
    }

    /// The same with a name, unless that is empty.
    static RawDevice connect(InetSocketAddress server, String clientId, String user, String password) {
        try {
            var socket = new Socket(server.getAddress(), server.getPort());
            socket.setTcpNoDelay(true);
            var device = new RawDevice(socket);
            device.send(packet(0x10, body(out -> {
                text(out, "MQTT");
                out.write(4);
                out.write(user.isEmpty() ? 0 : 0xc0);
                two(out, 0);
                text(out, clientId);
                if (!user.isEmpty()) {
                    text(out, user);
                    text(out, password);
                }
            })));
            var in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
            device.take(in);
            Thread.ofVirtual().name("device " + clientId).start(() -> device.listen(in));
            return device;
        } catch (IOException e) {
            throw new UncheckedIOException("device " + clientId, e);
        }
    }

    boolean sessionPresent() {
        return sessionPresent;
    }

    void publish(int qos, int packetId, boolean duplicate, String topic, String payload) {
        send(publication(qos, packetId, duplicate, topic, payload));
    }

    /// Publishes, in one write to the socket, under packet ids one after the other.
    void publishTogether(int qos, int firstPacketId, String topic, List<String> payloads) {
        var packets = new ByteArrayOutputStream();
        for (int n = 0; n < payloads.size(); n++) {
            packets.writeBytes(publication(qos, firstPacketId + n, false, topic, payloads.get(n)));
        }
        send(packets.toByteArray());
    }

    void release(int packetId) {
        send(packet(0x62, body(out -> two(out, packetId))));
    }

    /// What came since the connection stands, in order.
    List<Heard> heard() {
        return List.copyOf(heard);
    }

    boolean heard(int type, int packetId) {
        return heard.contains(new Heard(type, packetId));
    }

    /// Whether the server has closed the connection, or we have.
    boolean isEnded() {
        return ended;
    }

    /// Cuts the connection without a goodbye.
    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void listen(DataInputStream in) {
        try {
            while (true) {
                take(in);
            }
        } catch (IOException _) {
            ended = true;
        }
    }

    private void take(DataInputStream in) throws IOException {
        int first = in.readUnsignedByte();
        var body = new byte[length(in)];
        in.readFully(body);
        int type = first >> 4;
        if (type == CONNACK) {
            if (body[1] != 0) {
                throw new IOException("CONNACK: expected 0, was " + body[1]);
            }
            sessionPresent = body[0] == 1;
        } else {
            heard.add(new Heard(type, (body[0] & 0xff) << 8 | (body[1] & 0xff)));
        }
    }

    private static int length(DataInputStream in) throws IOException {
        int length = 0;
        for (int shift = 0; ; shift += 7) {
            int next = in.readUnsignedByte();
            length |= (next & 0x7f) << shift;
            if (next < 0x80) {
                return length;
            }
        }
    }

    private interface Body {
        void write(ByteArrayOutputStream out);
    }

    private static byte[] body(Body body) {
        var out = new ByteArrayOutputStream();
        body.write(out);
        return out.toByteArray();
    }

    private static void text(ByteArrayOutputStream out, String text) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        two(out, bytes.length);
        out.writeBytes(bytes);
    }

    private static void two(ByteArrayOutputStream out, int number) {
        out.write(number >> 8);
        out.write(number);
    }

    private static byte[] publication(int qos, int packetId, boolean duplicate, String topic, String payload) {
        return packet(0x30 | (duplicate ? 8 : 0) | qos << 1, body(out -> {
            text(out, topic);
            if (qos > 0) {
                two(out, packetId);
            }
            out.writeBytes(payload.getBytes(StandardCharsets.UTF_8));
        }));
    }

    private static byte[] packet(int first, byte[] body) {
        var packet = new ByteArrayOutputStream();
        packet.write(first);
        int left = body.length;
        do {
            packet.write(left < 0x80 ? left : (left & 0x7f) | 0x80);
            left >>= 7;
        } while (left > 0);
        packet.writeBytes(body);
        return packet.toByteArray();
    }

    private synchronized void send(byte[] packets) {
        try {
            socket.getOutputStream().write(packets);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
