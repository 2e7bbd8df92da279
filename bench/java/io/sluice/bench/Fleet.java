package io.sluice.bench;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// Many devices with persistent sessions that publish and keep a ledger.
///
/// `connect`, `publish`, `drain`, `finish`, in this order. Message k of the fleet belongs to device k mod devices; in
/// open loop it is due at k / rate after the start, whether or not the server keeps up, and latency counts from there.
/// A lost connection is made again and what is unacknowledged is sent again in order. What a server refuses, or does
/// that it should not, is counted in [#troubles()].
public final class Fleet implements AutoCloseable {
    private static final int CONNECTS_PER_MILLI = 4;
    private static final long PING_MILLIS = 20_000;
    private static final long PACE_MIN_NANOS = 50_000;
    private static final int TROUBLES_MAX = 50;

    private final Plan plan;
    private final Ledger ledger;
    private final List<InetSocketAddress> servers;
    private final Duration patience;
    private final NioEventLoopGroup loops;
    private final Device[] devices;
    private final AtomicInteger connected = new AtomicInteger();
    private final LongAdder lostConnections = new LongAdder();
    private final LongAdder resent = new LongAdder();
    private final LongAdder completed = new LongAdder();
    private final Map<String, LongAdder> troubles = new ConcurrentHashMap<>();
    private volatile long startedAt;
    private volatile long released;
    private volatile boolean stopped;
    private volatile boolean closing;
    private Optional<Thread> pacer = Optional.empty();

    /// @param loops event loop threads; one carries more than 100,000 messages a second
    public Fleet(Plan plan, int loops) {
        this(plan, loops, List.of(plan.server()), Duration.ZERO);
    }

    /// A fleet that knows several servers: its devices are dealt out evenly, and one that loses its server, or cannot
    /// reach it, goes to the next.
    ///
    /// @param patience how long a server may leave a PINGREQ unanswered until a device goes; zero: without end
    public Fleet(Plan plan, List<InetSocketAddress> servers, Duration patience) {
        this(plan, 1, servers, patience);
    }

    private Fleet(Plan plan, int loops, List<InetSocketAddress> servers, Duration patience) {
        this.plan = plan;
        this.servers = List.copyOf(servers);
        this.patience = patience;
        this.ledger = new Ledger(plan.devices());
        this.loops = new NioEventLoopGroup(loops, new DefaultThreadFactory("fleet", true));
        this.devices = new Device[plan.devices()];
        var bootstrap = new Bootstrap()
                .channel(NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 2_000)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(64 * 1024, 256 * 1024));
        var writers = new HashMap<EventLoop, Payload.Writer>();
        for (var number = 0; number < devices.length; number++) {
            var loop = this.loops.next();
            var writer = writers.computeIfAbsent(loop, _ -> new Payload.Writer(plan.run(), plan.size()));
            devices[number] = new Device(number, this, bootstrap, loop, writer);
        }
    }

    public Fleet(Plan plan) {
        this(plan, 1);
    }

    /// Connects every device.
    ///
    /// @throws IllegalStateException when some are not connected in time
    public void connect(Duration limit) {
        for (var device : devices) {
            var _ = device.loop()
                    .schedule(device::connect, device.number() / CONNECTS_PER_MILLI, TimeUnit.MILLISECONDS);
        }
        var pause = patience.isZero() ? PING_MILLIS : patience.toMillis();
        var _ = loops.scheduleAtFixedRate(this::ping, pause, pause, TimeUnit.MILLISECONDS);
        if (!await(limit, () -> connected.get() == devices.length)) {
            throw new IllegalStateException("fleet at %s: expected %d devices connected within %d s, was %d; %s"
                    .formatted(servers, devices.length, limit.toSeconds(), connected.get(), troubles()));
        }
    }

    /// Begins to publish the plan's messages.
    public void publish() {
        startedAt = Micros.now();
        if (plan.rate() == 0) {
            released = plan.messages();
            pumpAll();
        } else {
            pacer = Optional.of(Thread.ofPlatform().daemon().name("fleet-pace").start(this::pace));
        }
    }

    /// Cuts a device's connection as a broken network would, without a goodbye. It comes back by itself.
    public void cut(int device) {
        devices[device].loop().execute(devices[device]::cut);
    }

    /// Opens another connection of the device, to the next server, while the present one stands and is not read any
    /// more: as a device does that was cut off and whose server has not noticed.
    public void takeOver(int device) {
        devices[device].loop().execute(devices[device]::takeOver);
    }

    /// Devices per server, in the order of the servers: where they are, or are going.
    public int[] spread() {
        var counts = new int[servers.size()];
        for (var place : places()) {
            counts[place]++;
        }
        return counts;
    }

    /// Index of the server of each device: where it is, or is going.
    int[] places() {
        return Arrays.stream(devices)
                .mapToInt(device -> serverOf(device.number(), device.hops()))
                .toArray();
    }

    /// Publishes nothing new from now on; what is under way goes on.
    public void stop() {
        stopped = true;
        for (EventExecutor loop : loops) {
            loop.submit(() -> {}).syncUninterruptibly();
        }
    }

    /// Waits until all that was to be published is, and has ended.
    ///
    /// @return false when that is not so in time
    public boolean drain(Duration limit) {
        return await(limit, this::drained);
    }

    private boolean drained() {
        var done = completed.sum();
        return done == ledger.published() && (stopped || done == plan.messages());
    }

    @Override
    public void close() {
        finish();
    }

    /// Disconnects and stops the threads; the ledger may be read afterwards.
    public void finish() {
        if (closing) {
            return;
        }
        stopped = true;
        closing = true;
        pacer.ifPresent(Fleet::awaitEnd);
        for (var device : devices) {
            device.loop().execute(device::disconnect);
        }
        loops.shutdownGracefully(50, 5_000, TimeUnit.MILLISECONDS).syncUninterruptibly();
    }

    public Plan plan() {
        return plan;
    }

    public Ledger ledger() {
        return ledger;
    }

    public int connectedNow() {
        return connected.get();
    }

    /// Connections that were lost after they stood.
    public long lostConnections() {
        return lostConnections.sum();
    }

    /// PUBLISH packets sent again with DUP.
    public long resends() {
        return resent.sum();
    }

    /// Instant at which publishing began, microseconds since the epoch.
    public long startedAt() {
        return startedAt;
    }

    /// What went wrong, with counts: failed connects, refusals, protocol surprises.
    public Map<String, Long> troubles() {
        var sorted = new TreeMap<String, Long>();
        troubles.forEach((what, count) -> sorted.put(what, count.sum()));
        return sorted;
    }

    /// Whether an unanswered PINGREQ ends a connection.
    boolean impatient() {
        return !patience.isZero();
    }

    /// @param hops how often the device went to another server
    InetSocketAddress server(int device, int hops) {
        return servers.get(serverOf(device, hops));
    }

    private int serverOf(int device, int hops) {
        return (device + hops) % servers.size();
    }

    boolean closing() {
        return closing;
    }

    /// How many messages the device may have published by now.
    int released(int device) {
        return stopped ? 0 : plan.share(released, device);
    }

    long dueAt(int device, int sequence, long now) {
        return plan.rate() == 0
                ? now
                : startedAt + ((long) sequence * plan.devices() + device) * 1_000_000 / plan.rate();
    }

    void connected() {
        connected.incrementAndGet();
    }

    void disconnected() {
        connected.decrementAndGet();
        if (!closing) {
            lostConnections.increment();
        }
    }

    void completed() {
        completed.increment();
    }

    void resent() {
        resent.increment();
    }

    void trouble(String what) {
        if (!closing) {
            var key = troubles.size() < TROUBLES_MAX || troubles.containsKey(what) ? what : "others";
            troubles.computeIfAbsent(key, _ -> new LongAdder()).increment();
        }
    }

    /// It wakes devices on loops that must not be gone by then.
    private static void awaitEnd(Thread pacer) {
        LockSupport.unpark(pacer);
        try {
            pacer.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void pace() {
        while (!stopped && released < plan.messages()) {
            var elapsed = Micros.now() - startedAt;
            var due = Math.min(plan.messages(), elapsed * plan.rate() / 1_000_000 + 1);
            var before = released;
            if (due > before) {
                released = due;
                pump(before, due);
            }
            var wait = startedAt + due * 1_000_000 / plan.rate() - Micros.now();
            LockSupport.parkNanos(Math.max(PACE_MIN_NANOS, wait * 1_000));
        }
    }

    /// Wakes the devices whose messages came due.
    private void pump(long from, long until) {
        if (until - from >= devices.length) {
            pumpAll();
            return;
        }
        for (var k = from; k < until; k++) {
            var device = devices[(int) (k % devices.length)];
            device.loop().execute(device::pump);
        }
    }

    private void pumpAll() {
        for (var device : devices) {
            device.loop().execute(device::pump);
        }
    }

    private void ping() {
        for (var device : devices) {
            device.loop().execute(device::ping);
        }
    }

    static boolean await(Duration limit, BooleanSupplier condition) {
        var deadline = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            LockSupport.parkNanos(2_000_000);
        }
        return true;
    }
}
