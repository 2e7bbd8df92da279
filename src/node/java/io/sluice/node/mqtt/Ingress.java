package io.sluice.node.mqtt;

import io.netty.channel.EventLoop;
import io.sluice.node.handover.Intake;
import io.sluice.node.live.LiveView;
import io.sluice.node.observe.Meters;
import io.sluice.node.secret.PasswordHash;
import io.sluice.node.secret.Secret;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiPredicate;

/// What all connections of a node share.
final class Ingress {
    final MqttSettings settings;
    final Map<EventLoop, Intake> intakes;
    final Unread unread;
    final Counts counts;
    final Places places;
    final Sessions sessions;
    final LiveView live;
    final Credentials credentials;
    final Admission admission;
    final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private volatile boolean draining;

    Ingress(MqttSettings settings, Map<EventLoop, Intake> intakes, LiveView live, Meters meters) {
        this(settings, intakes, live, meters, PasswordHash::matches);
    }

    /// @param live    shown what is received, and whoever subscribes here watches it
    /// @param hashing whether a password and a hash belong together
    Ingress(
            MqttSettings settings,
            Map<EventLoop, Intake> intakes,
            LiveView live,
            Meters meters,
            BiPredicate<Secret, Secret> hashing) {
        this.settings = settings;
        this.intakes = Map.copyOf(intakes);
        this.unread = new Unread(settings.strangerBytesMax(), settings.unreadBytesMax());
        this.counts = new Counts(meters, unread);
        this.places = new Places(settings.connectionsMax());
        this.sessions = new Sessions(settings);
        this.live = live;
        this.credentials = new Credentials(settings.access(), hashing);
        this.admission = new Admission(this);
    }

    boolean isDraining() {
        return draining;
    }

    void startDraining() {
        draining = true;
    }
}
