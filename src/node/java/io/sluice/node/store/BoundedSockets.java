package io.sluice.node.store;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.SocketFactory;

/// Sockets that are closed when a write takes too long. A server that hangs reads nothing, and once its buffers are
/// full a write would wait for ever: the driver bounds reads only. Public because the driver makes it by its name.
public final class BoundedSockets extends SocketFactory {
    private static final ScheduledThreadPoolExecutor CLOCK = clock();

    private final Duration writeTimeout;

    /// @param writeTimeout in milliseconds, as the driver passes it on
    public BoundedSockets(String writeTimeout) {
        this.writeTimeout = Duration.ofMillis(Long.parseLong(writeTimeout));
    }

    @Override
    public Socket createSocket() {
        return new Bounded(writeTimeout);
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return connected(new InetSocketAddress(host, port));
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return connected(new InetSocketAddress(host, port));
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        return createSocket(host, port);
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
            throws IOException {
        return createSocket(address, port);
    }

    private Socket connected(SocketAddress address) throws IOException {
        var socket = createSocket();
        socket.connect(address, Math.toIntExact(writeTimeout.toMillis()));
        return socket;
    }

    private static ScheduledThreadPoolExecutor clock() {
        var clock = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("store-clock").factory());
        clock.setRemoveOnCancelPolicy(true);
        return clock;
    }

    private static final class Bounded extends Socket {
        private final Duration writeTimeout;

        Bounded(Duration writeTimeout) {
            this.writeTimeout = writeTimeout;
        }

        @Override
        public OutputStream getOutputStream() throws IOException {
            return new Writes(this, super.getOutputStream());
        }
    }

    private static final class Writes extends FilterOutputStream {
        private final Bounded socket;

        Writes(Bounded socket, OutputStream out) {
            super(out);
            this.socket = socket;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            var late = new AtomicBoolean();
            var limit = CLOCK.schedule(
                    () -> {
                        late.set(true);
                        hangUp();
                    },
                    socket.writeTimeout.toMillis(),
                    TimeUnit.MILLISECONDS);
            try {
                out.write(bytes, offset, length);
            } catch (IOException e) {
                throw late.get() ? new SocketTimeoutException("Write timed out") : e;
            } finally {
                limit.cancel(false);
            }
        }

        private void hangUp() {
            try {
                socket.close();
            } catch (IOException _) {
                // the writer is told that it is closed all the same
            }
        }
    }
}
