package io.sluice.node.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// An MQTT client that does only what it is told, right or wrong.
final class RawClient implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 60_000;

    private final Socket socket;
    private final DataInputStream in;
    private ByteBuffer rest = ByteBuffer.allocate(0);
    private int version = 4;

    private RawClient(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    }

    static RawClient dial(int port) {
        try {
            var socket = SocketChannel.open().socket();
            socket.setReceiveBufferSize(16 << 10);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.setTcpNoDelay(true);
            return new RawClient(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// MQTT 3.1.1; expects to be accepted.
    RawClient connect(String clientId, boolean clean) {
        send(connect4(clientId, clean, 0));
        var answer = read();
        assertThat(answer).matches("20 02 0[01] 00");
        return this;
    }

    /// MQTT 5, with properties as hexadecimal digits; expects to be accepted.
    ///
    /// @return the CONNACK
    String connect5(String clientId, boolean clean, String properties) {
        send(connect5(clientId, clean, 0, properties));
        var answer = read();
        assertThat(answer).matches("20 [0-9a-f]{2} 0[01] 00 .*");
        return answer;
    }

    static byte[] connect4(String clientId, boolean clean, int keepAlive) {
        return packet(0x10, text("MQTT"), bytes(4, clean ? 2 : 0), pair(keepAlive), text(clientId));
    }

    byte[] connect5(String clientId, boolean clean, int keepAlive, String properties) {
        version = 5;
        return packet(
                0x10, text("MQTT"), bytes(5, clean ? 2 : 0), pair(keepAlive), properties(properties), text(clientId));
    }

    /// For a client that connected by a packet of its own.
    void version5() {
        version = 5;
    }

    RawClient publish(int qos, int packetId, String topic, String payload) {
        return send(publication(qos, packetId, false, topic, payload));
    }

    RawClient publishAgain(int qos, int packetId, String topic, String payload) {
        return send(publication(qos, packetId, true, topic, payload));
    }

    byte[] publication(int qos, int packetId, boolean duplicate, String topic, String payload) {
        return packet(
                0x30 | (duplicate ? 8 : 0) | (qos << 1),
                text(topic),
                qos == 0 ? bytes() : pair(packetId),
                version == 5 ? bytes(0) : bytes(),
                payload.getBytes(UTF_8));
    }

    /// MQTT 5.
    RawClient publishWith(int qos, int packetId, String topic, String properties, String payload) {
        return send(packet(
                0x30 | (qos << 1),
                text(topic),
                qos == 0 ? bytes() : pair(packetId),
                properties(properties),
                payload.getBytes(UTF_8)));
    }

    RawClient release(int packetId) {
        return send(packet(0x62, pair(packetId)));
    }

    RawClient subscribe(int packetId, String filter) {
        return send(packet(0x82, pair(packetId), version == 5 ? bytes(0) : bytes(), text(filter), bytes(0)));
    }

    /// What was sent before is handled once this returns, and nothing was told meanwhile.
    RawClient expectSilence() {
        send(bytes(0xC0, 0));
        assertThat(read()).as("the answer to a ping, and nothing before it").isEqualTo("d0 00");
        return this;
    }

    RawClient send(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The next packet as hexadecimal digits; `closed` when the listener closed the connection.
    String read() {
        try {
            var out = new ByteArrayOutputStream();
            out.write(in.readUnsignedByte());
            var length = 0;
            for (int shift = 0, octet = 0x80; octet >= 0x80; shift += 7) {
                octet = in.readUnsignedByte();
                out.write(octet);
                length |= (octet & 0x7F) << shift;
            }
            out.write(in.readNBytes(length));
            return HexFormat.ofDelimiter(" ").formatHex(out.toByteArray());
        } catch (EOFException | SocketException _) {
            return "closed";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A line of HTTP.
    String readLine() {
        try {
            var line = new StringBuilder();
            for (int octet = in.read(); octet > '\r'; octet = in.read()) {
                line.append((char) octet);
            }
            return line.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void expect(String... packets) {
        for (var packet : packets) {
            assertThat(read()).isEqualTo(packet);
        }
    }

    /// Sends the same bytes again and again until the listener holds and the socket has taken nothing for half a
    /// second.
    ///
    /// @return how many times, the last time in part: see [#sendRest]
    int fill(byte[] bytes, BooleanSupplier holding) {
        var channel = socket.getChannel();
        try {
            channel.configureBlocking(false);
            var sent = 1;
            rest = ByteBuffer.wrap(bytes);
            for (var since = System.nanoTime(); System.nanoTime() - since < TimeUnit.MILLISECONDS.toNanos(500); ) {
                if (channel.write(rest) > 0 || !holding.getAsBoolean()) {
                    since = System.nanoTime();
                } else {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
                }
                if (!rest.hasRemaining()) {
                    rest.rewind();
                    sent++;
                }
            }
            channel.configureBlocking(true);
            return sent;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Sends what [#fill] left of its last time.
    void sendRest() {
        try {
            while (rest.hasRemaining()) {
                var _ = socket.getChannel().write(rest);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] packet(int first, byte[]... fields) {
        var body = joined(fields);
        return joined(bytes(first), variable(body.length), body);
    }

    static byte[] joined(byte[]... parts) {
        var out = new ByteArrayOutputStream();
        for (var part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    static byte[] text(String text) {
        var bytes = text.getBytes(UTF_8);
        return joined(pair(bytes.length), bytes);
    }

    static byte[] pair(int value) {
        return bytes(value >> 8, value);
    }

    static byte[] bytes(int... values) {
        var bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits.replace(" ", ""));
    }

    private static byte[] properties(String digits) {
        return joined(variable(hex(digits).length), hex(digits));
    }

    private static byte[] variable(int value) {
        var out = new ByteArrayOutputStream();
        var rest = value;
        for (; rest >= 0x80; rest >>= 7) {
            out.write((rest & 0x7F) | 0x80);
        }
        out.write(rest);
        return out.toByteArray();
    }
}
