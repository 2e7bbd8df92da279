package io.sluice.node.mqtt;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The live views of one connection. Gone with it: a session keeps none.
final class Subscriptions {
    private final Connection viewer;
    private final Permissions permissions;
    private final Tail tail;
    private final MqttSettings settings;
    private final Map<String, Tail.Subscription> held = new HashMap<>();

    Subscriptions(Connection viewer, Permissions permissions, Tail tail, MqttSettings settings) {
        this.viewer = viewer;
        this.permissions = permissions;
        this.tail = tail;
        this.settings = settings;
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
            answers.add(drop(filter) ? Reason.SUCCESS : Reason.NO_SUBSCRIPTION_EXISTED);
        }
        return answers;
    }

    void close() {
        held.values().forEach(tail::remove);
        held.clear();
    }

    /// Success grants QoS 0.
    private Reason subscribe(Packet.Wish wish) {
        if (wish.filter().startsWith("$share/")) {
            return Reason.SHARED_SUBSCRIPTIONS_NOT_SUPPORTED;
        }
        Filter filter;
        try {
            filter = Filter.of(wish.filter());
        } catch (IllegalArgumentException _) {
            return Reason.TOPIC_FILTER_INVALID;
        }
        if (filter.levels().size() > settings.limits().topicLevels()) {
            return Reason.TOPIC_FILTER_INVALID;
        }
        if (!permissions.maySubscribe(filter)) {
            return Reason.NOT_AUTHORIZED;
        }
        if (!drop(wish.filter()) && held.size() >= settings.subscriptionsMax()) {
            return Reason.QUOTA_EXCEEDED;
        }
        var subscription = new Tail.Subscription(filter, viewer, wish.noLocal());
        held.put(wish.filter(), subscription);
        tail.add(subscription);
        return Reason.SUCCESS;
    }

    private boolean drop(String filter) {
        var subscription = held.remove(filter);
        if (subscription != null) {
            tail.remove(subscription);
        }
        return subscription != null;
    }
}
