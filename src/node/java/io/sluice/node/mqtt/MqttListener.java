package io.sluice.node.mqtt;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.sluice.node.handover.Intake;
import io.sluice.node.live.LiveView;
import io.sluice.node.observe.Meters;
import io.sluice.node.secret.PasswordHash;
import io.sluice.node.secret.Secret;
import io.sluice.node.settings.CannotStart;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiPredicate;
import java.util.function.Function;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where devices publish: MQTT 3.1.1 and 5 by TCP, TLS and WebSocket. A PUBLISH is acknowledged after every integration
/// that took it has it safe, in order of receipt per connection.
///
/// listening → draining: [#drain] closes the doors, stops reading and lets the windows finish. Any → closed: [#close].
public final class MqttListener implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(MqttListener.class);
    private static final Duration BIND_TIMEOUT = Duration.ofSeconds(30);

    private final EventLoopGroup loops;
    private final Ingress ingress;
    private final Map<String, Channel> doors = new LinkedHashMap<>();

    private MqttListener(EventLoopGroup loops, Ingress ingress) {
        this.loops = loops;
        this.ingress = ingress;
    }

    /// Opens every enabled listener, or none.
    ///
    /// @param intakes asked once per event loop; what it gives is used on that loop only
    /// @param live    shown what is received, and whoever subscribes here watches it
    /// @throws CannotStart if an address is taken or a certificate cannot be used: which, and the cure
    public static MqttListener start(
            MqttSettings settings, Function<EventLoop, Intake> intakes, LiveView live, Meters meters) {
        return start(settings, intakes, live, meters, PasswordHash::matches);
    }

    /// @param hashing whether a password and a hash belong together
    static MqttListener start(
            MqttSettings settings,
            Function<EventLoop, Intake> intakes,
            LiveView live,
            Meters meters,
            BiPredicate<Secret, Secret> hashing) {
        var cores = Runtime.getRuntime().availableProcessors();
        var tls = settings.tls().map(MqttListener::context);
        var loops = new NioEventLoopGroup(
                settings.eventLoops() == 0 ? cores : settings.eventLoops(), new DefaultThreadFactory("sluice-mqtt"));
        var byLoop = new IdentityHashMap<EventLoop, Intake>();
        for (var executor : loops) {
            var loop = (EventLoop) executor;
            byLoop.put(loop, intakes.apply(loop));
        }
        var started = new MqttListener(loops, new Ingress(settings, byLoop, live, meters, hashing));
        try {
            settings.listeners().forEach(listener -> started.open(listener, tls));
        } catch (RuntimeException e) {
            started.close();
            throw e;
        }
        return started;
    }

    /// The listeners by name (`tcp`, `tls`, `websocket`, `websocket-tls`) with the addresses they got.
    public Map<String, InetSocketAddress> addresses() {
        var addresses = new LinkedHashMap<String, InetSocketAddress>();
        doors.forEach((name, door) -> addresses.put(name, (InetSocketAddress) door.localAddress()));
        return addresses;
    }

    /// Accepts nobody any more, reads nothing any more, and tells each MQTT 5 client 0x8B once its window is empty. A
    /// will is not said: the device is not gone, the node is.
    ///
    /// @param atMost after this time windows are not waited for; their clients send again
    /// @return done when every connection is closed
    public CompletionStage<Void> drain(Duration atMost) {
        log.info("mqtt listener drains [{}] connections", ingress.connections.size());
        ingress.startDraining();
        closeDoors();
        var gone = ingress.connections.stream().map(Connection::gone).toArray(CompletableFuture<?>[]::new);
        ingress.connections.forEach(Connection::drain);
        var deadline = loops.next()
                .schedule(
                        () -> ingress.connections.forEach(connection -> connection
                                .wire()
                                .onLoop(() -> connection.end(
                                        Reason.SERVER_SHUTTING_DOWN, "the node stops, its window is not empty"))),
                        atMost.toMillis(),
                        TimeUnit.MILLISECONDS);
        return CompletableFuture.allOf(gone).whenComplete((_, _) -> deadline.cancel(false));
    }

    /// Closes what is still open, at once, and ends the event loops.
    @Override
    public void close() {
        ingress.startDraining();
        closeDoors();
        ingress.connections.forEach(connection -> connection.wire().closeNow());
        ingress.credentials.close();
        loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
        log.info("mqtt listener closed");
    }

    private void closeDoors() {
        for (var door : doors.values()) {
            var _ = door.close();
        }
    }

    private void open(MqttSettings.Listener listener, Optional<SslContext> tls) {
        var door = new ServerBootstrap()
                .group(loops)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, 1024)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childHandler(new Pipeline(ingress, listener, listener.tls() ? tls : Optional.empty()))
                .bind(listener.host(), listener.port());
        if (!door.awaitUninterruptibly(BIND_TIMEOUT.toMillis()) || !door.isSuccess()) {
            var cause = door.cause() == null ? new TimeoutException("still binding") : door.cause();
            throw new CannotStart(
                    "mqtt listener [%s]: expected to listen on %s:%d, was %s; stop what listens there or set another sluice.mqtt.listeners.%s.port"
                            .formatted(
                                    listener.name(),
                                    listener.host(),
                                    listener.port(),
                                    cause.getMessage(),
                                    listener.name()),
                    cause);
        }
        doors.put(listener.name(), door.channel());
        log.info("mqtt listener [{}] on [{}]", listener.name(), door.channel().localAddress());
    }

    private static SslContext context(MqttSettings.Tls tls) {
        try {
            var password =
                    tls.keyPassword().isEmpty() ? null : tls.keyPassword().reveal();
            var builder = SslContextBuilder.forServer(
                            tls.certificate().toFile(), tls.key().toFile(), password)
                    .protocols(tls.protocols())
                    .clientAuth(
                            switch (tls.clientCertificates()) {
                                case NONE -> ClientAuth.NONE;
                                case WANT -> ClientAuth.OPTIONAL;
                                case REQUIRE -> ClientAuth.REQUIRE;
                            });
            tls.clientCa().ifPresent(ca -> builder.trustManager(ca.toFile()));
            return builder.build();
        } catch (IllegalArgumentException | SSLException e) {
            throw new CannotStart(
                    "mqtt tls: expected PEM files with a certificate chain [%s] and its PKCS#8 key [%s], was %s; see sluice.mqtt.tls"
                            .formatted(tls.certificate(), tls.key(), e.getMessage()),
                    e);
        }
    }
}
