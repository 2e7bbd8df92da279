package io.sluice.node.bridge;

import com.hivemq.client.mqtt.lifecycle.MqttClientConnectedContext;
import com.hivemq.client.mqtt.lifecycle.MqttClientDisconnectedContext;
import io.netty.channel.EventLoop;
import io.sluice.node.event.Arrival;
import io.sluice.node.handover.Intake;
import io.sluice.node.live.LiveView;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One connection to a broker, from its first attempt to the end of the last message it brought. All that happens to
/// it happens on the event loop, which is the intake's, too.
final class Link implements Intake.Publisher, Client.Ear {
    private static final Logger log = LoggerFactory.getLogger(Link.class);

    /// Who runs the connection. Told on the event loop.
    interface Owner {
        /// The broker has us.
        ///
        /// @param sessionPresent whether it had our session
        void connected(boolean sessionPresent);

        /// The broker answered to the topic filters.
        ///
        /// @param problems one for each filter that is not served as it was asked for
        void subscribed(List<String> problems);

        /// The connection is there no more, or did not come to be. Once.
        void ended(LinkEnd end);

        /// Nothing of an ended or draining connection is under way any more. Once.
        void settled();
    }

    private final BridgeSettings settings;
    private final BridgeCounts counts;
    private final EventLoop loop;
    private final Owner owner;
    private final Intake intake;
    private final LiveView live;
    private final Arrivals arrivals;

    // of the loop
    private final Window window = new Window();
    private @Nullable Client client;
    private @Nullable Tap tap;
    private int unacknowledged;
    private long bytes;
    private int holds;
    private boolean reading = true;
    private boolean draining;
    private boolean closing;
    private boolean ended;
    private boolean settled;

    private Link(BridgeSettings settings, BridgeTools tools, BridgeCounts counts, Arrivals arrivals, Owner owner) {
        this.settings = settings;
        this.counts = counts;
        this.loop = tools.loop();
        this.owner = owner;
        this.intake = tools.intake();
        this.live = tools.live();
        this.arrivals = arrivals;
    }

    /// Connects and subscribes. Returns at once.
    ///
    /// @param attempt   chooses one of several addresses
    /// @param subscribe whether to subscribe even if the broker has our session
    static Link open(
            BridgeSettings settings,
            BridgeTools tools,
            BridgeCounts counts,
            Arrivals arrivals,
            long attempt,
            boolean subscribe,
            Owner owner) {
        var link = new Link(settings, tools, counts, arrivals, owner);
        var _ = CompletableFuture.supplyAsync(
                        () -> Client.make(settings, link.address(attempt), tools.loops(), link), tools.blocking())
                .whenCompleteAsync(
                        (made, failure) -> {
                            if (failure != null) {
                                link.end(failure);
                            } else {
                                link.connect(made, subscribe);
                            }
                        },
                        link.loop);
        return link;
    }

    private InetSocketAddress address(long attempt) {
        try {
            var host = settings.host();
            var found = InetAddress.getAllByName(host.startsWith("[") ? host.substring(1, host.length() - 1) : host);
            return new InetSocketAddress(found[(int) (attempt % found.length)], settings.port());
        } catch (UnknownHostException e) {
            throw new CompletionException(e);
        }
    }

    private void connect(Client made, boolean subscribe) {
        if (closing) {
            end(new IllegalStateException("closed before it was there"));
            return;
        }
        client = made;
        var _ = made.connect()
                .thenCompose(sessionPresent -> {
                    owner.connected(sessionPresent);
                    return sessionPresent && !subscribe
                            ? CompletableFuture.completedFuture(List.<Client.Grant>of())
                            : made.subscribe();
                })
                .whenComplete((grants, failure) -> {
                    if (failure != null) {
                        end(failure);
                        closeChannel();
                    } else {
                        onSubscribed(grants);
                    }
                });
    }

    private void onSubscribed(List<Client.Grant> grants) {
        var problems = new ArrayList<String>();
        var filters = List.copyOf(settings.filters().entrySet());
        var refused = 0;
        for (int i = 0; i < grants.size() && i < filters.size(); i++) {
            var grant = grants.get(i);
            var filter = settings.subscription(filters.get(i).getKey());
            var asked = filters.get(i).getValue();
            if (grant.isRefusal()) {
                refused++;
                problems.add("filter [%s]: the broker refused it: %s (0x%02x)"
                        .formatted(filter, grant.reason(), grant.code()));
            } else if (grant.code() < asked) {
                problems.add(
                        "filter [%s]: expected QoS %d, the broker grants %d".formatted(filter, asked, grant.code()));
            }
        }
        if (!grants.isEmpty() && refused == filters.size()) {
            end(new LinkEnd("filters-refused", String.join("; ", problems)));
            closeChannel();
        } else {
            owner.subscribed(problems);
        }
    }

    /// Reads no more; tells the owner once all it has is safe and acknowledged. Any thread.
    void drain() {
        onLoop(() -> {
            draining = true;
            regulate();
            tellIfSettled();
        });
    }

    /// Says good-bye to the broker, who keeps the session; what is not acknowledged comes again. Any thread.
    ///
    /// @return done when the connection is gone
    CompletionStage<Void> close() {
        var gone = new CompletableFuture<Void>();
        onLoop(() -> {
            closing = true;
            if (client == null || tap == null || ended) {
                closeChannel();
                gone.complete(null);
                return;
            }
            tap.read(true); // or the end of the connection would not be seen
            var _ = client.disconnect().whenComplete((_, _) -> gone.complete(null));
        });
        return gone;
    }

    @Override
    public void onConnected(MqttClientConnectedContext context) {
        tap = Tap.into(context);
        if (closing) {
            tap.close();
        }
        regulate();
    }

    @Override
    public void onDisconnected(MqttClientDisconnectedContext context) {
        var cause = context.getCause();
        onLoop(() -> end(cause));
    }

    @Override
    public void onMessage(Runnable acknowledge) {
        var publish = tap == null ? null : tap.arriving();
        if (publish == null) {
            end(new IllegalStateException("the client library handed out a message that did not just come"));
            closeChannel();
        } else if (!ended && !closing) {
            take(arrivals.of(publish, System.currentTimeMillis()), acknowledge);
        }
    }

    private void take(Arrival arrival, Runnable acknowledge) {
        counts.received(arrival.qos(), arrival.payload().length);
        if (!intake.hasRoom(arrival)) {
            overloaded(arrival.qos());
            return;
        }
        var weight = arrival.weight();
        var sequence = window.enter(arrival.qos() == 0 ? null : acknowledge, weight, System.nanoTime());
        unacknowledged += arrival.qos() == 0 ? 0 : 1;
        bytes += weight;
        var integrations = intake.offer(arrival, this, sequence);
        window.expect(sequence, integrations);
        live.show(arrival);
        if (integrations == 0) {
            counts.withoutRoute.increment();
            settled();
        } else {
            regulate();
        }
    }

    /// What must not be lost is not taken: the broker sends it again on the next connection.
    private void overloaded(int qos) {
        if (qos == 0) {
            counts.overload.increment();
            return;
        }
        counts.busy.increment();
        end(new LinkEnd("overload", "a task takes nothing more, it is full up to overload-bytes"));
        closeChannel();
    }

    @Override
    public void safe(long sequence) {
        window.safe(sequence);
    }

    @Override
    public void settled() {
        window.settle(this::leave);
        regulate();
        tellIfSettled();
    }

    private void leave(@Nullable Runnable acknowledge, int weight, long nanos) {
        bytes -= weight;
        if (acknowledge == null) {
            return;
        }
        unacknowledged--;
        if (!ended && !closing) {
            acknowledge.run();
            counts.ackLatency.record(System.nanoTime() - nanos, TimeUnit.NANOSECONDS);
        }
    }

    @Override
    public void hold() {
        holds++;
        regulate();
    }

    @Override
    public void release() {
        holds--;
        regulate();
    }

    /// Whether more may be read. Once full, not before half of it left, so that reading does not flutter.
    private void regulate() {
        if (tap == null || ended || closing) {
            return;
        }
        var may = !draining && holds == 0 && hasRoom(reading ? 1 : 2);
        if (may != reading) {
            reading = may;
            counts.held(!may);
            tap.read(may);
        }
    }

    private boolean hasRoom(int part) {
        return bytes <= settings.inFlightBytes() / part && unacknowledged <= (settings.receiveMaximum() - 1) / part;
    }

    private void end(Throwable failure) {
        end(LinkEnd.of(failure));
    }

    private void end(LinkEnd why) {
        if (ended) {
            return;
        }
        ended = true;
        counts.held(false);
        owner.ended(why);
        tellIfSettled();
    }

    private void closeChannel() {
        if (tap != null) {
            tap.close();
        }
    }

    private void tellIfSettled() {
        if ((ended || draining) && !settled && window.isEmpty()) {
            settled = true;
            owner.settled();
        }
    }

    private void onLoop(Runnable task) {
        if (loop.inEventLoop()) {
            task.run();
            return;
        }
        try {
            loop.execute(task);
        } catch (RejectedExecutionException e) {
            log.debug("mqtt broker [{}]: its event loop has ended", settings.name(), e);
        }
    }
}
