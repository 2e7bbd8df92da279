package io.sluice.node.mqtt;

import io.netty.channel.EventLoop;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;

/// The sessions of a node by client id, one each. Bounded: sessions without a connection by number and by time.
final class Sessions {
    /// What a client's connection may do now.
    sealed interface Claim {
        /// The session lives on another loop: go there and claim again.
        record Elsewhere(EventLoop loop) implements Claim {}

        /// @param present the client's state from before is there
        record Yours(Session session, boolean present) implements Claim {}

        /// The client id is another's as long as its session lives (MQTT-3.1.4-3 lets only the same client take over).
        record Foreign(Session.Owner owner) implements Claim {}
    }

    private final MqttSettings settings;
    private final ConcurrentMap<String, Session> sessions = new ConcurrentHashMap<>();
    private final AtomicInteger away = new AtomicInteger();

    Sessions(MqttSettings settings) {
        this.settings = settings;
    }

    /// Called on the loop given. An older connection of the client is ended.
    ///
    /// @param owner      who comes with the client id
    /// @param clean      state from before is not wanted
    /// @param persistent the session is to outlive its connection
    Claim claim(String clientId, Session.Owner owner, boolean clean, boolean persistent, EventLoop loop) {
        while (true) {
            var known = sessions.get(clientId);
            if (known == null) {
                var fresh = new Session(clientId, owner, persistent, loop, this, settings);
                if (sessions.putIfAbsent(clientId, fresh) == null) {
                    return new Claim.Yours(fresh, false);
                }
            } else if (!known.owner().equals(owner)) {
                return new Claim.Foreign(known.owner());
            } else if (!known.loop().equals(loop)) {
                return new Claim.Elsewhere(known.loop());
            } else {
                known.takeOver();
                if (known.isAway() && !clean) {
                    return new Claim.Yours(known, true);
                }
                known.end();
            }
        }
    }

    /// Asks for a place for a session without a connection.
    boolean keep() {
        if (away.incrementAndGet() <= settings.sessionsMax()) {
            return true;
        }
        away.decrementAndGet();
        return false;
    }

    void isBack(boolean wasKept) {
        if (wasKept) {
            away.decrementAndGet();
        }
    }

    void remove(Session session, boolean wasKept) {
        sessions.remove(session.clientId(), session);
        isBack(wasKept);
    }
}
