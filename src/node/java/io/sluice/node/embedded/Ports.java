package io.sluice.node.embedded;

import io.sluice.node.settings.CannotStart;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/// Looks at a port before Kafka takes it, because Kafka would only say that something failed.
final class Ports {
    /// Outgoing connections get higher ones, from 32768 on by default, and may take any of those at any time.
    private static final int LOWEST = 10_240;

    private static final int HIGHEST = 32_767;
    private static final int ATTEMPTS = 100;

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
        try {
            if (NetworkInterface.getByInetAddress(address.getAddress()) == null) {
                throw new CannotStart("embedded kafka: host [%s]: expected an address of this machine, was %s; set %s"
                        .formatted(host, address.getAddress().getHostAddress(), EmbeddedKafka.KEY_HOST));
            }
            return port == 0 ? anyFree(address) : bound(address);
        } catch (IOException e) {
            throw new CannotStart(
                    "embedded kafka: port %d on %s: %s; stop what listens there or set another %s"
                            .formatted(port, host, e.getMessage(), key),
                    e);
        }
    }

    /// One that nobody takes until Kafka does.
    private static int anyFree(InetSocketAddress address) throws IOException {
        for (var attempt = 1; ; attempt++) {
            var port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST + 1);
            try {
                return bound(new InetSocketAddress(address.getAddress(), port));
            } catch (BindException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private static int bound(InetSocketAddress address) throws IOException {
        try (var socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(address);
            return socket.getLocalPort();
        }
    }
}
