package io.sluice.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// A way to a server on this machine that may be made bad: TCP connections pass through it, and what is sent arrives
/// late, slowly or not at all, or they break.
final class Relay implements AutoCloseable {
    /// What may be wrong with the way.
    enum Ailment {
        /// Nothing passes, and nobody is told.
        SILENT,
        /// Connections break, also new ones.
        RESETTING,
        /// Each direction takes 2 s more.
        LATE,
        /// 10 kB/s of a connection and direction.
        NARROW;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final int CHUNK_BYTES = 8 * 1024;
    private static final int CHUNKS_MAX = 256;
    private static final int CONNECT_MILLIS = 2_000;
    private static final long LATE_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long NARROW_NANOS_PER_BYTE = TimeUnit.SECONDS.toNanos(1) / 10_000;
    private static final long LOOK_NANOS = 5_000_000;

    private final ServerSocket door;
    private final InetSocketAddress server;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile Optional<Ailment> ailment = Optional.empty();

    /// @param due when it may leave at the earliest
    private record Chunk(long due, byte[] bytes) {}

    private Relay(ServerSocket door, InetSocketAddress server) {
        this.door = door;
        this.server = server;
    }

    /// A good way to a port of loopback.
    static Relay to(int port) {
        try {
            var loopback = InetAddress.getLoopbackAddress();
            var relay = new Relay(new ServerSocket(0, 200, loopback), new InetSocketAddress(loopback, port));
            Thread.ofVirtual().name("relay-" + port).start(relay::accept);
            return relay;
        } catch (IOException e) {
            throw new UncheckedIOException("relay: no free port on loopback", e);
        }
    }

    /// Where it is entered.
    int port() {
        return door.getLocalPort();
    }

    void ail(Ailment what) {
        ailment = Optional.of(what);
        if (what == Ailment.RESETTING) {
            List.copyOf(open).forEach(this::reset);
        }
    }

    void recover() {
        ailment = Optional.empty();
    }

    @Override
    public void close() {
        try {
            door.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List.copyOf(open).forEach(this::reset);
    }

    private boolean ails(Ailment what) {
        return ailment.filter(what::equals).isPresent();
    }

    private void accept() {
        while (!door.isClosed()) {
            try {
                var client = door.accept();
                open.add(client);
                Thread.ofVirtual().start(() -> join(client));
            } catch (IOException _) {
                // closed, or whoever asked has gone
            }
        }
    }

    private void join(Socket client) {
        var far = new Socket();
        try {
            if (ails(Ailment.RESETTING)) {
                throw new IOException("the way is broken");
            }
            far.connect(server, CONNECT_MILLIS);
            far.setTcpNoDelay(true);
            client.setTcpNoDelay(true);
            open.add(far);
            pump(client, far);
            pump(far, client);
        } catch (IOException _) {
            end(client, far);
        }
    }

    private void pump(Socket from, Socket to) {
        var way = new ArrayBlockingQueue<Chunk>(CHUNKS_MAX);
        Thread.ofVirtual().start(() -> read(from, to, way));
        Thread.ofVirtual().start(() -> write(from, to, way));
    }

    /// An empty chunk is the end.
    private void read(Socket from, Socket to, BlockingQueue<Chunk> way) {
        try {
            var buffer = new byte[CHUNK_BYTES];
            for (var count = 0; count >= 0; count = from.getInputStream().read(buffer)) {
                if (count > 0) {
                    var late = ails(Ailment.LATE) ? LATE_NANOS : 0;
                    put(way, new Chunk(System.nanoTime() + late, Arrays.copyOf(buffer, count)), to);
                }
            }
            put(way, new Chunk(System.nanoTime(), new byte[0]), to);
        } catch (IOException e) {
            end(from, to);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private static void put(BlockingQueue<Chunk> way, Chunk chunk, Socket to) throws InterruptedException {
        while (!to.isClosed() && !way.offer(chunk, 1, TimeUnit.SECONDS)) {
            // the other end takes nothing at present
        }
    }

    private void write(Socket from, Socket to, BlockingQueue<Chunk> way) {
        try {
            while (!to.isClosed()) {
                var chunk = way.poll(1, TimeUnit.SECONDS);
                if (chunk == null) {
                    continue;
                }
                awaitPassage(chunk);
                if (chunk.bytes().length == 0) {
                    to.shutdownOutput();
                    break;
                }
                to.getOutputStream().write(chunk.bytes());
            }
        } catch (IOException e) {
            end(from, to);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        if (from.isOutputShutdown()) { // both directions have ended
            close(from);
            close(to);
        }
    }

    private void awaitPassage(Chunk chunk) {
        var start = System.nanoTime();
        var narrow = chunk.bytes().length * NARROW_NANOS_PER_BYTE;
        while (ails(Ailment.SILENT)
                || (ails(Ailment.LATE) && System.nanoTime() < chunk.due())
                || (ails(Ailment.NARROW) && System.nanoTime() - start < narrow)) {
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    private void end(Socket one, Socket other) {
        reset(one);
        reset(other);
    }

    private void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException _) {
            // closed already
        }
        close(socket);
    }

    private void close(Socket socket) {
        open.remove(socket);
        try {
            socket.close();
        } catch (IOException _) {
            // as wanted
        }
    }
}
