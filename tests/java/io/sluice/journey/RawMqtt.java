package io.sluice.journey;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/// An MQTT connection by hand, for what no client library would send.
final class RawMqtt implements AutoCloseable {
    private static final int READ_LIMIT_MILLIS = 30_000;

    private final Socket socket;
    private final InputStream in;
    private final DataOutputStream out;

    private RawMqtt(Socket socket) throws IOException {
        this.socket = socket;
        this.in = socket.getInputStream();
        this.out = new DataOutputStream(socket.getOutputStream());
    }

    /// Connected and accepted.
    ///
    /// @param level 4 is MQTT 3.1.1, 5 is MQTT 5
    static RawMqtt connect(int port, int level, String clientId) throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(READ_LIMIT_MILLIS);
        var raw = new RawMqtt(socket);
        var id = clientId.getBytes(StandardCharsets.UTF_8);
        var properties = level == 5 ? 1 : 0;
        raw.out.writeByte(0x10);
        raw.out.writeByte(10 + properties + 2 + id.length);
        raw.out.writeUTF("MQTT");
        raw.out.writeByte(level);
        raw.out.writeByte(0x02);
        raw.out.writeShort(60);
        raw.out.write(new byte[properties]);
        raw.out.writeUTF(clientId);
        raw.out.flush();
        var accepted = raw.packet();
        if (!accepted.startsWith("20") || !accepted.startsWith("00", 6)) {
            throw new IOException("CONNACK: expected to be accepted, was " + accepted);
        }
        return raw;
    }

    /// Writes bytes, given in hexadecimal.
    void send(String hex) throws IOException {
        out.write(HexFormat.of().parseHex(hex.replace(" ", "")));
        out.flush();
    }

    /// The next packet in hexadecimal, empty when the other side has closed. Waits 30 s at most.
    String packet() throws IOException {
        var type = in.read();
        if (type < 0) {
            return "";
        }
        var length = in.read();
        if (length > 0x7F) {
            throw new IOException("packet: expected a short one, was longer than 127 bytes");
        }
        return HexFormat.of().toHexDigits((byte) type)
                + HexFormat.of().toHexDigits((byte) length)
                + HexFormat.of().formatHex(in.readNBytes(length));
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
