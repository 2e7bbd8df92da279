package io.sluice.node.broker;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.Node;

/// Where a Kafka server is said to be.
record Server(String host, int port) {

    /// @param address `host:port`, an IPv6 address in brackets; it was checked before
    static Server parse(String address) {
        var colon = address.lastIndexOf(':');
        var host = address.substring(0, colon);
        return new Server(
                host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
                Integer.parseInt(address.substring(colon + 1)));
    }

    static Server of(Node broker) {
        return new Server(broker.host(), broker.port());
    }

    List<InetSocketAddress> addresses() throws UnknownHostException {
        return List.of(InetAddress.getAllByName(host)).stream()
                .map(address -> new InetSocketAddress(address, port))
                .toList();
    }

    /// A connection to one of its addresses; whoever asks closes it.
    static Socket connect(InetSocketAddress address, Duration limit) throws IOException {
        var socket = new Socket();
        try {
            socket.connect(address, Math.toIntExact(Math.max(1, limit.toMillis())));
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
