package io.sluice.node.mqtt;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.util.ReferenceCountUtil;
import io.sluice.node.event.Arrival;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One client's connection, confined to its channel's event loop.
///
/// waiting → admitting: a CONNECT came. admitting → live: it was accepted. Any → closed: an end has begun, by either
/// side; nothing is parsed or acknowledged from then on.
///
/// Live, it is read only while nothing holds it: its session has room, no task holds the session, the client reads
/// what it is told, the node does not drain. What was read before a hold waits unparsed.
final class Connection extends ChannelInboundHandlerAdapter implements AckWindow.Acks {
    private enum Phase {
        WAITING,
        ADMITTING,
        LIVE,
        CLOSED
    }

    private static final Logger log = LoggerFactory.getLogger(Connection.class);

    /// One and a half times the keep alive, per second of it (MQTT 5 section 3.1.2.10).
    private static final long KEEP_ALIVE_NANOS = 1_500_000_000;

    private final Ingress ingress;
    private final boolean loopbackListener;
    private final PacketReader reader;
    private final Turn turn = new Turn();
    private final CompletableFuture<Void> gone = new CompletableFuture<>();
    private Phase phase = Phase.WAITING;
    private Places.Place place = Places.Place.NONE;
    private @Nullable Wire wire;
    private @Nullable Admitted admitted;
    private boolean working;
    private boolean reading;
    private boolean draining;
    private long ackNanos;

    /// @param loopbackListener the listener can be reached from this machine only
    Connection(Ingress ingress, boolean loopbackListener) {
        this.ingress = ingress;
        this.loopbackListener = loopbackListener;
        this.reader = new PacketReader(ingress.settings.limits(), ingress.unread);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        wire = new Wire(context);
        ingress.connections.add(this);
        ingress.counts.opened();
        place = ingress.places.take();
        context.channel().closeFuture().addListener(_ -> closed());
        ingress.admission.arrive(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (phase != Phase.CLOSED && message instanceof ByteBuf bytes) {
            reader.add(context.alloc(), bytes);
            work();
        } else {
            ReferenceCountUtil.release(message);
            if (phase != Phase.CLOSED) {
                wire().closeNow();
            }
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        endTurn();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (phase == Phase.WAITING && !wire().isWritable()) {
            log.info("refused client from [{}]: expected to read what HTTP or WebSocket answers", wire().remote());
            wire().closeNow();
        }
        regulate();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof IOException && !(cause instanceof NotSslRecordException)) {
            log.debug("connection of client [{}] broke", shownId(), cause);
        } else {
            log.info("connection of client [{}] from [{}] failed: {}", shownId(), wire().remote(), Shown.of(cause));
        }
        wire().closeNow();
    }

    /// Parses and handles what was read, as long as it may.
    private void work() {
        if (working) {
            return;
        }
        working = true;
        try {
            while (phase == Phase.WAITING || (phase == Phase.LIVE && reading)) {
                var packet = reader.next();
                if (packet == null) {
                    break;
                }
                beginTurn();
                handle(packet);
            }
            reader.compact();
        } catch (Refusal refusal) {
            refuse(refusal.reason(), String.valueOf(refusal.getMessage()));
        } catch (RuntimeException e) {
            log.error("connection of client [{}] failed on a packet; its session ends", shownId(), e);
            refuse(Reason.UNSPECIFIED_ERROR, "the listener failed");
            Optional.ofNullable(admitted).ifPresent(live -> live.session().end());
        } finally {
            working = false;
        }
    }

    /// The reader lets one CONNECT pass, and nothing before it.
    private void handle(Packet packet) {
        if (admitted == null) {
            connect(packet);
        } else {
            handle(packet, admitted);
        }
    }

    private void handle(Packet packet, Admitted live) {
        switch (packet) {
            case Packet.Publish publish -> {
                live.publishes().take(publish, turn.nanos(), turn.millis());
                regulate();
            }
            case Packet.Release(var packetId) -> {
                var known = live.session().window().release(packetId);
                var reason = known ? Reason.SUCCESS : Reason.PACKET_ID_NOT_FOUND;
                PacketWriter.answer(wire().out(), version(), PacketWriter.PUBCOMP, packetId, reason);
            }
            case Packet.Ping _ -> PacketWriter.pong(wire().out());
            case Packet.Subscribe(var packetId, var wishes, var identified) -> {
                if (identified) {
                    throw new Refusal(Reason.SUBSCRIPTION_IDS_NOT_SUPPORTED, "subscription id: expected none, was one");
                }
                var answers = live.subscriptions().subscribe(wishes);
                PacketWriter.subscribed(wire().out(), version(), packetId, answers);
            }
            case Packet.Unsubscribe(var packetId, var filters) -> {
                var answers = live.subscriptions().unsubscribe(filters);
                PacketWriter.unsubscribed(wire().out(), version(), packetId, answers);
            }
            case Packet.Disconnect disconnect -> disconnected(live, disconnect);
            case Packet.Connect _ -> {}
        }
    }

    private void connect(Packet packet) {
        if (packet instanceof Packet.Connect connect) {
            phase = Phase.ADMITTING;
            wire().stopTimer();
            wire().read(false);
            ingress.admission.admit(this, connect);
        }
    }

    /// The client is in; its CONNACK is written and goes out before anything else.
    void live(Admitted terms) {
        phase = Phase.LIVE;
        admitted = terms;
        ingress.counts.held(true);
        ingress.counts.connect("accepted");
        terms.session().attach(this, terms.expirySeconds());
        if (terms.keepAliveSeconds() > 0) {
            wire().after(terms.keepAliveSeconds() * KEEP_ALIVE_NANOS, this::checkKeepAlive);
        }
        log.debug("client [{}] came from [{}]", shownId(), wire().remote());
        acknowledge();
    }

    /// Writes what may be acknowledged, in one piece, and reads on if there is room again.
    void acknowledge() {
        var live = admitted;
        if (live == null || phase != Phase.LIVE) {
            return;
        }
        ackNanos = System.nanoTime();
        live.session().window().settle(this);
        wire().flush();
        if (draining && live.session().window().isEmpty()) {
            end(Reason.SERVER_SHUTTING_DOWN, "the node stops");
        } else {
            regulate();
        }
    }

    @Override
    public void acknowledge(int qos, int packetId, Reason reason, long nanos) {
        var type = qos == 1 ? PacketWriter.PUBACK : PacketWriter.PUBREC;
        PacketWriter.answer(wire().out(), version(), type, packetId, reason);
        ingress.counts.ackLatency.record(ackNanos - nanos, TimeUnit.NANOSECONDS);
    }

    /// Reads, or stops reading, as the moment asks for.
    void regulate() {
        var live = admitted;
        if (live == null || phase != Phase.LIVE) {
            return;
        }
        var wanted = !draining && wire().isWritable() && live.session().hasRoom(reading, version() == 4, this);
        if (wanted == reading) {
            return;
        }
        reading = wanted;
        ingress.counts.held(!wanted);
        wire().read(wanted);
        if (wanted) {
            turn.readAgain();
            if (!reader.isEmpty() && !working) {
                wire().onLoop(this::resume);
            }
        }
    }

    /// Later, not within [#regulate()]: what is parsed may fill the window and settle it again and again.
    private void resume() {
        work();
        endTurn();
    }

    /// Shows a message to this subscriber. Any thread.
    ///
    /// @return false if it did not keep up, or takes no packet that large
    boolean show(Arrival arrival) {
        var live = admitted;
        if (live == null || !wire().isWritable()) {
            return false;
        }
        var packet = PacketWriter.publish(wire().alloc(), version(), arrival);
        if (packet.readableBytes() > live.packetMax()) {
            packet.release();
            return false;
        }
        wire().push(packet);
        return true;
    }

    /// Stops reading; ends once the window is empty. Any thread.
    void drain() {
        wire().onLoop(() -> {
            draining = true;
            if (phase == Phase.LIVE) {
                acknowledge();
            } else {
                refuse(Reason.SERVER_UNAVAILABLE, "the node stops");
            }
        });
    }

    /// Ends the connection for a reason of ours.
    void end(Reason reason, String why) {
        if (phase != Phase.LIVE) {
            return;
        }
        log.info("closed client [{}] from [{}]: {}, {}", shownId(), wire().remote(), reason.label(), why);
        leave(reason != Reason.SERVER_SHUTTING_DOWN);
        wire().close(version() == 5 ? PacketWriter.disconnect(wire().alloc(), reason) : Unpooled.EMPTY_BUFFER);
    }

    /// Ends the connection because the client may not come in, or did what is not taken.
    void refuse(Reason reason, String why) {
        if (phase == Phase.LIVE) {
            end(reason, why);
        } else if (phase != Phase.CLOSED) {
            ingress.admission.refused(this, reason, why);
            leave(false);
            var answerable = version() == 5 || (version() == 4 && reason.returnCode() >= 0);
            wire().close(answerable ? PacketWriter.refused(wire().alloc(), version(), reason) : Unpooled.EMPTY_BUFFER);
        }
    }

    Places.Place place() {
        return place;
    }

    boolean isAdmitting() {
        return phase == Phase.ADMITTING;
    }

    /// Done when the channel is closed.
    CompletableFuture<Void> gone() {
        return gone;
    }

    /// @throws Refusal if there is no memory for what its client sent already
    void loggedIn() {
        reader.loggedIn();
    }

    int version() {
        return reader.version();
    }

    Wire wire() {
        if (wire == null) {
            throw new IllegalStateException("connection: expected to be in a pipeline, was not");
        }
        return wire;
    }

    /// The client is on this machine, and nobody elsewhere can reach the listener.
    boolean isLoopback() {
        return loopbackListener && Loopback.isLoopback(wire().remote());
    }

    private void disconnected(Admitted live, Packet.Disconnect disconnect) {
        if (disconnect.sessionExpiry() >= 0) {
            if (!live.session().isPersistent() && disconnect.sessionExpiry() > 0) {
                throw Refusal.protocol("session expiry: expected 0 as at CONNECT, was " + disconnect.sessionExpiry());
            }
            live.session().expireAfter(ingress.admission.capped(disconnect.sessionExpiry()));
        }
        leave(disconnect.reason() != 0);
        wire().close(Unpooled.EMPTY_BUFFER);
    }

    /// Ends the part of the connection in the session. Once.
    private void leave(boolean sayWill) {
        var live = phase == Phase.LIVE ? admitted : null;
        phase = Phase.CLOSED;
        wire().stopTimer();
        reader.close();
        if (live == null) {
            return;
        }
        if (!reading) {
            ingress.counts.held(false);
        }
        reading = false;
        live.subscriptions().close();
        live.session().detach(sayWill ? live.will() : Optional.empty(), live.publishes());
        log.debug("client [{}] left", shownId());
    }

    private void closed() {
        if (phase != Phase.CLOSED) {
            leave(!ingress.isDraining());
        }
        wire().stopTimer();
        ingress.connections.remove(this);
        ingress.places.leave(place);
        ingress.counts.closed();
        gone.complete(null);
    }

    /// A client is silent only if it was read.
    private void checkKeepAlive() {
        var live = admitted;
        if (live == null || phase != Phase.LIVE) {
            return;
        }
        var limit = live.keepAliveSeconds() * KEEP_ALIVE_NANOS;
        var silent = reading ? System.nanoTime() - turn.nanos() : 0;
        if (silent < limit) {
            wire().after(limit - silent, this::checkKeepAlive);
        } else {
            end(Reason.KEEP_ALIVE_TIMEOUT, "expected a packet every %d s, was none".formatted(live.keepAliveSeconds()));
        }
    }

    private void beginTurn() {
        if (turn.begin()) {
            ackNanos = turn.nanos();
        }
    }

    private void endTurn() {
        if (turn.end()) {
            acknowledge();
        }
    }

    private String shownId() {
        return admitted == null ? "" : Shown.of(admitted.session().clientId());
    }
}
