package io.sluice.node.api;

import io.sluice.node.event.Arrival;
import io.sluice.node.http.Json;
import io.sluice.node.live.LiveBuffer;
import io.sluice.node.live.LiveBuffer.Received;
import io.sluice.node.live.Viewer;
import io.sluice.node.store.PropertiesJson;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// One stream of live messages, as server-sent events. Any thread shows it something, one at a time reads, and any ends
/// it. What its reader has no room for is dropped, and the reader is told how many.
final class Tail implements Viewer {
    private static final int PIECE_BYTES = 64 << 10;

    /// A message as it is told.
    private record Told(
            String topic,
            String clientId,
            String username,
            int qos,
            boolean retain,
            Instant receivedAt,
            String node,
            String arrivalId,
            int bytes,
            Optional<com.fasterxml.jackson.databind.JsonNode> properties,
            Optional<String> payload,
            Optional<String> payloadBase64) {

        static Told of(Arrival arrival, String node) {
            var payload = Shown.of(arrival.payload());
            var properties = PropertiesJson.of(arrival.properties(), arrival.metadata());
            return new Told(
                    arrival.topic(),
                    arrival.clientId(),
                    arrival.username(),
                    arrival.qos(),
                    arrival.retain(),
                    Instant.ofEpochMilli(arrival.receivedAt()),
                    node,
                    arrival.id(),
                    arrival.payload().length,
                    Optional.of(Json.of(properties)),
                    payload.text(),
                    payload.base64());
        }
    }

    private final LiveBuffer buffer;
    private final AtomicLong dropped = new AtomicLong();
    private final BooleanSupplier may;
    private final long heartbeatNanos;
    private final long endsAtNanos;
    private boolean begun;
    private long toldAtNanos;
    private long lookedAtNanos;
    private volatile boolean ended;
    private volatile @Nullable Thread waiting;

    /// @param may whether its reader may still watch; may block
    Tail(TailSettings settings, BooleanSupplier may) {
        this.buffer = new LiveBuffer(settings.buffer());
        this.may = may;
        this.heartbeatNanos = settings.heartbeat().toNanos();
        var now = System.nanoTime();
        this.endsAtNanos = now + settings.timeMax().toNanos();
        this.toldAtNanos = now;
        this.lookedAtNanos = now;
    }

    @Override
    public boolean show(Arrival arrival, String node) {
        var taken = buffer.offer(arrival, node);
        if (!taken) {
            dropped.incrementAndGet();
        }
        wake();
        return taken;
    }

    /// Nothing more is told.
    void end() {
        ended = true;
        wake();
    }

    /// What is written next; empty: it has ended. Blocks until there is something, at most until the next heartbeat.
    Optional<String> next() {
        if (!begun && !ended) {
            begun = true;
            return told(": what is received from now on\n\n");
        }
        while (true) {
            var now = System.nanoTime();
            if (ended || now - endsAtNanos >= 0 || !mayStill(now)) {
                return Optional.empty();
            }
            var piece = piece();
            if (!piece.isEmpty()) {
                return told(piece);
            }
            var beatsIn = toldAtNanos + heartbeatNanos - now;
            if (beatsIn <= 0) {
                return told(": heartbeat\n\n");
            }
            await(Math.min(beatsIn, endsAtNanos - now));
        }
    }

    private Optional<String> told(String text) {
        toldAtNanos = System.nanoTime();
        return Optional.of(text);
    }

    private boolean mayStill(long now) {
        if (now - lookedAtNanos < heartbeatNanos) {
            return true;
        }
        lookedAtNanos = now;
        return may.getAsBoolean();
    }

    private String piece() {
        var text = new StringBuilder();
        for (var received : buffer.take(PIECE_BYTES)) {
            text.append("data: ").append(json(received)).append("\n\n");
        }
        var lost = dropped.getAndSet(0);
        if (lost > 0) {
            text.append("event: dropped\ndata: {\"count\":").append(lost).append("}\n\n");
        }
        return text.toString();
    }

    private static String json(Received received) {
        return Json.tree(Told.of(received.arrival(), received.node())).toString();
    }

    private void await(long nanos) {
        waiting = Thread.currentThread();
        if (buffer.isEmpty() && dropped.get() == 0 && !ended) {
            LockSupport.parkNanos(this, nanos);
        }
        waiting = null;
    }

    private void wake() {
        var sleeper = waiting;
        if (sleeper != null) {
            LockSupport.unpark(sleeper);
        }
    }
}
