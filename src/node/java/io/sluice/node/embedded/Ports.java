package io.sluice.node.embedded;

import io.sluice.node.settings.CannotStart;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;

/// Looks at a port before Kafka takes it, because Kafka would only say that something failed.
final class Ports {
    private Ports() {}

    /// The port itself if nothing listens on it, or a free one for 0.
    ///
    /// @param key settings key of the port, for the error message
    /// @throws CannotStart if the port is taken, or the host is not one of this machine
    static int free(String host, int port, String key) {
        var address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw new CannotStart("embedded kafka: host [%s]: expected a name or address of this machine; set %s"
                    .formatted(host, EmbeddedKafka.KEY_HOST));
        }
        if (address.getAddress().isAnyLocalAddress()) {
            throw new CannotStart(
                    "embedded kafka: host [%s]: expected an address that clients can connect to, was one that means all; set %s"
                            .formatted(host, EmbeddedKafka.KEY_HOST));
        }
        try (var socket = new ServerSocket()) {
            if (NetworkInterface.getByInetAddress(address.getAddress()) == null) {
                throw new CannotStart("embedded kafka: host [%s]: expected an address of this machine, was %s; set %s"
                        .formatted(host, address.getAddress().getHostAddress(), EmbeddedKafka.KEY_HOST));
            }
            socket.setReuseAddress(true);
            socket.bind(address);
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new CannotStart(
                    "embedded kafka: port %d on %s: %s; stop what listens there or set another %s"
                            .formatted(port, host, e.getMessage(), key),
                    e);
        }
    }
}
