package io.sluice.node.mqtt;

import io.netty.buffer.ByteBufUtil;
import io.sluice.node.live.LiveView;
import io.sluice.node.live.Subscription;
import io.sluice.node.route.SplitFilter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The live views of one connection. The session keeps their filters for the next one, and no message meanwhile.
final class Subscriptions {
    private final Connection viewer;
    private final Permissions permissions;
    private final LiveView live;
    private final Subscription.Counts counts;
    private final MqttSettings settings;
    private final Map<String, Packet.Wish> kept;
    private final Map<String, Subscription> held = new HashMap<>();
    private long heldBytes;
    private boolean closed;

    /// @param kept the session's, by filter
    Subscriptions(Connection viewer, Map<String, Packet.Wish> kept, Permissions permissions, Ingress ingress) {
        this.viewer = viewer;
        this.kept = kept;
        this.permissions = permissions;
        this.live = ingress.live;
        this.counts = ingress.counts.tailed;
        this.settings = ingress.settings;
    }

    /// Shows again what the session was subscribed to, as far as it is permitted now. After CONNACK went out, which
    /// must be the first the client reads.
    void resume() {
        if (closed) {
            return;
        }
        for (var wish : List.copyOf(kept.values())) {
            if (subscribe(wish).isFailure()) {
                kept.remove(wish.filter());
            }
        }
    }

    List<Reason> subscribe(List<Packet.Wish> wishes) {
        var answers = new ArrayList<Reason>(wishes.size());
        for (var wish : wishes) {
            answers.add(subscribe(wish));
        }
        return answers;
    }

    List<Reason> unsubscribe(List<String> filters) {
        var answers = new ArrayList<Reason>(filters.size());
        for (var filter : filters) {
            kept.remove(filter);
            answers.add(drop(filter) ? Reason.SUCCESS : Reason.NO_SUBSCRIPTION_EXISTED);
        }
        return answers;
    }

    void close() {
        closed = true;
        held.values().forEach(live::remove);
        held.clear();
        heldBytes = 0;
    }

    /// Success grants QoS 0.
    private Reason subscribe(Packet.Wish wish) {
        if (wish.filter().startsWith("$share/")) {
            return Reason.SHARED_SUBSCRIPTIONS_NOT_SUPPORTED;
        }
        SplitFilter filter;
        try {
            filter = SplitFilter.of(wish.filter());
        } catch (IllegalArgumentException _) {
            return Reason.TOPIC_FILTER_INVALID;
        }
        if (filter.levels().size() > settings.limits().topicLevels()) {
            return Reason.TOPIC_FILTER_INVALID;
        }
        if (!permissions.maySubscribe(filter)) {
            return Reason.NOT_AUTHORIZED;
        }
        if (!drop(wish.filter()) && !hasRoom(wish.filter())) {
            return Reason.QUOTA_EXCEEDED;
        }
        heldBytes += ByteBufUtil.utf8Bytes(wish.filter());
        var all = Subscription.of(List.of(filter), (arrival, _) -> viewer.show(arrival), counts);
        var subscription = wish.noLocal() ? all.without(viewer) : all;
        held.put(wish.filter(), subscription);
        kept.put(wish.filter(), wish);
        live.add(subscription);
        return Reason.SUCCESS;
    }

    private boolean hasRoom(String filter) {
        return held.size() < settings.subscriptionsMax()
                && heldBytes + ByteBufUtil.utf8Bytes(filter) <= settings.subscriptionsBytesMax();
    }

    private boolean drop(String filter) {
        var subscription = held.remove(filter);
        if (subscription != null) {
            heldBytes -= ByteBufUtil.utf8Bytes(filter);
            live.remove(subscription);
        }
        return subscription != null;
    }
}
