package io.sluice.node.api;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import io.sluice.node.event.Arrival;
import io.sluice.node.event.End;
import io.sluice.node.handover.Destination;
import io.sluice.node.handover.Intake;
import io.sluice.node.live.LiveView;
import io.sluice.node.observe.Meters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Publishes what came over HTTP, with the promises of MQTT: safe in every integration that took it
/// before anybody hears so, and in order. A call is taken as a whole or not at all.
///
/// The arrivals of one call keep their order, and a call made after another was answered comes behind
/// it. Nothing is promised of calls that are under way at the same time.
///
/// Bounded: what is under way counts by the integrations it goes to together, so one that stands still
/// keeps nobody but those who publish to it. A call larger than the bound is taken when nothing else is
/// under way there.
public final class HttpIngress {

    /// What became of a call.
    public sealed interface Outcome {}

    /// Everything of the call is safe.
    ///
    /// @param integrations that have it, added up over its arrivals
    public record Safe(int integrations) implements Outcome {}

    /// No integration wants any of it: it was discarded.
    public record NoRoute() implements Outcome {}

    /// Nothing of it was taken.
    public record Busy(Duration retryAfter) implements Outcome {}

    /// Not safe within the limit. It may still be delivered: send it again with the same id.
    public record TimedOut() implements Outcome {}

    static final String INGRESS = "http";

    private static final Logger log = LoggerFactory.getLogger(HttpIngress.class);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final EventExecutor loop;
    private final HttpIngressSettings settings;
    private final Intake intake;
    private final Function<String, List<Destination>> routes;
    private final LiveView live;
    private final Counter received;
    private final Counter receivedBytes;
    private final Counter withoutRoute;
    private final Counter busy;
    private final Counter stopping;
    private final Timer latency;

    // of the loop
    private final Map<Set<String>, Share> shares = new HashMap<>();
    private final Set<Call> open = new HashSet<>();
    private final CompletableFuture<Void> drained = new CompletableFuture<>();
    private boolean closing;

    /// What is under way to the same integrations.
    private static final class Share {
        private int arrivals;
        private long bytes;

        private boolean hasRoom(Call call, HttpIngressSettings settings) {
            return arrivals == 0
                    || (arrivals + call.arrivals.size() <= settings.inFlightMax()
                            && bytes + call.bytes <= settings.inFlightBytes());
        }

        private void add(Call call, int sign) {
            arrivals += sign * call.arrivals.size();
            bytes += sign * call.bytes;
        }
    }

    /// @param loop   of the ingress alone, which routes
    /// @param intake of that loop
    /// @param routes the integrations that want a topic
    /// @param live   shown what is taken
    public HttpIngress(
            EventExecutor loop,
            HttpIngressSettings settings,
            Intake intake,
            Function<String, List<Destination>> routes,
            LiveView live,
            Meters meters) {
        this.loop = loop;
        this.settings = settings;
        this.intake = intake;
        this.routes = routes;
        this.live = live;
        this.received = meters.received(INGRESS, 1);
        this.receivedBytes = meters.receivedBytes(INGRESS);
        this.withoutRoute = meters.endedAtIngress(INGRESS, End.DISCARDED, "no-route");
        this.busy = meters.endedAtIngress(INGRESS, End.REFUSED, "server-busy");
        this.stopping = meters.endedAtIngress(INGRESS, End.REFUSED, "server-shutting-down");
        this.latency = meters.ackLatency(INGRESS);
    }

    /// Hands arrivals on. Any thread; never blocks.
    ///
    /// @return done on the ingress' own thread, which must not be kept
    public CompletionStage<Outcome> publish(List<Arrival> arrivals) {
        var call = new Call(arrivals);
        received.increment(call.arrivals.size());
        call.arrivals.forEach(arrival -> receivedBytes.increment(arrival.payload().length));
        try {
            loop.execute(() -> take(call));
        } catch (RejectedExecutionException _) {
            refuse(call, stopping);
        }
        return call.told.minimalCompletionStage();
    }

    /// Takes nothing any more and waits until what is under way is safe. Whoever still waits after the
    /// limit is told that it is not.
    public CompletionStage<Void> drain(Duration atMost) {
        loop.execute(() -> {
            closing = true;
            log.info("http ingress drains [{}] calls", open.size());
            if (open.isEmpty()) {
                drained.complete(null);
                return;
            }
            var _ = loop.schedule(this::giveUp, atMost.toNanos(), TimeUnit.NANOSECONDS);
        });
        return drained.minimalCompletionStage();
    }

    private void giveUp() {
        List.copyOf(open).forEach(Call::timeOut);
        drained.complete(null);
    }

    private void take(Call call) {
        try {
            if (closing) {
                refuse(call, stopping);
            } else {
                takeOrRefuse(call);
            }
        } catch (RuntimeException e) {
            log.error("http ingress failed to take a call of [{}] messages", call.arrivals.size(), e);
            call.told.completeExceptionally(e);
        }
    }

    private void takeOrRefuse(Call call) {
        var wanted = new TreeSet<String>();
        var isFull = false;
        for (var arrival : call.arrivals) {
            isFull |= !intake.hasRoom(arrival);
            for (var destination : routes.apply(arrival.topic())) {
                wanted.add(destination.integration());
                isFull |= destination.isFull(arrival);
            }
        }
        var share = shares.getOrDefault(wanted, new Share());
        if (isFull || !share.hasRoom(call, settings)) {
            refuse(call, busy);
        } else {
            hand(call, wanted, share);
        }
    }

    private void hand(Call call, Set<String> wanted, Share share) {
        for (int i = 0; i < call.arrivals.size(); i++) {
            var integrations = intake.offer(call.arrivals.get(i), call, i);
            call.missing += integrations;
            if (integrations == 0) {
                withoutRoute.increment();
            }
            live.show(call.arrivals.get(i));
        }
        call.integrations = call.missing;
        if (call.missing == 0) {
            call.told.complete(call.arrivals.isEmpty() ? new Safe(0) : new NoRoute());
            return;
        }
        share.add(call, 1);
        shares.put(wanted, share);
        call.wanted = wanted;
        open.add(call);
        var left = settings.timeout().toNanos() - (System.nanoTime() - call.sinceNanos);
        call.timeout = loop.schedule(call::timeOut, Math.max(0, left), TimeUnit.NANOSECONDS);
    }

    private void refuse(Call call, Counter counter) {
        counter.increment(call.arrivals.size());
        call.told.complete(new Busy(RETRY_AFTER));
    }

    private void close(Call call) {
        open.remove(call);
        var share = shares.get(call.wanted);
        if (share != null) {
            share.add(call, -1);
            if (share.arrivals == 0) {
                shares.remove(call.wanted);
            }
        }
        if (closing && open.isEmpty()) {
            drained.complete(null);
        }
    }

    /// One call, from its coming to the end of all of it, which may come after its answer. It publishes
    /// nothing more, so there is nothing to hold back: the next one is refused.
    private final class Call implements Intake.Publisher {
        private final CompletableFuture<Outcome> told = new CompletableFuture<>();
        private final List<Arrival> arrivals;
        private final long bytes;
        private final long sinceNanos = System.nanoTime();
        private Set<String> wanted = Set.of();
        private int integrations;
        private int missing;
        private @Nullable ScheduledFuture<?> timeout;

        private Call(List<Arrival> arrivals) {
            this.arrivals = new ArrayList<>(arrivals);
            this.bytes = arrivals.stream().mapToLong(Arrival::weight).sum();
        }

        @Override
        public void safe(long sequence) {
            missing--;
        }

        @Override
        public void settled() {
            if (missing > 0) {
                return;
            }
            if (timeout != null) {
                timeout.cancel(false);
            }
            if (told.complete(new Safe(integrations))) {
                latency.record(System.nanoTime() - sinceNanos, TimeUnit.NANOSECONDS);
            }
            close(this);
        }

        @Override
        public void hold() {}

        @Override
        public void release() {}

        private void timeOut() {
            told.complete(new TimedOut());
        }
    }
}
