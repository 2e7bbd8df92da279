package io.sluice.node.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/// A name server on loopback that gives the same IPv4 addresses for every name, and no IPv6 ones.
final class NameServer implements AutoCloseable {
    private static final int HEADER_BYTES = 12;
    private static final short A = 1;

    private final DatagramSocket socket;
    private final List<String> addresses;

    NameServer(List<String> addresses) throws SocketException {
        this.addresses = addresses;
        this.socket = new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
        Thread.ofVirtual().start(this::serve);
    }

    int port() {
        return socket.getLocalPort();
    }

    private void serve() {
        var bytes = new byte[512];
        while (!socket.isClosed()) {
            try {
                var asked = new DatagramPacket(bytes, bytes.length);
                socket.receive(asked);
                var answer = answer(bytes);
                socket.send(new DatagramPacket(answer, answer.length, asked.getSocketAddress()));
            } catch (SocketException e) {
                return; // closed
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private byte[] answer(byte[] question) {
        var asked = ByteBuffer.wrap(question);
        int end = HEADER_BYTES;
        while (asked.get(end) != 0) {
            end += asked.get(end) + 1;
        }
        int type = asked.getShort(end + 1);
        int questionBytes = end + 5 - HEADER_BYTES;
        var found = type == A ? addresses : List.<String>of();
        var answer = ByteBuffer.allocate(512);
        answer.putShort(asked.getShort(0)).putShort((short) 0x8180).putShort((short) 1);
        answer.putShort((short) found.size()).putShort((short) 0).putShort((short) 0);
        answer.put(question, HEADER_BYTES, questionBytes);
        for (var address : found) {
            answer.putShort((short) 0xC00C).putShort(A).putShort((short) 1).putInt(5);
            answer.putShort((short) 4).put(InetAddress.ofLiteral(address).getAddress());
        }
        return Arrays.copyOf(answer.array(), answer.position());
    }

    @Override
    public void close() {
        socket.close();
    }
}
