package io.sluice.node.mqtt;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import io.sluice.node.handover.Intake;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// What a client and this node know of each other: the window of acknowledgements, the subscriptions, and the
/// connection if there is one.
///
/// A session lives on one event loop from its first connection to its end. A connection that another loop accepted
/// moves to the session's, so all that happens to a session, the integrations' answers included, happens on one thread.
///
/// attached → away: the connection ended and the session has time left. away → attached: the client came back.
/// Any → ended: the time is over, a clean start, or the connection of a clean session closed. An ended session hears no
/// more.
final class Session implements Intake.Publisher {
    private final String clientId;
    private final Owner owner;
    private final EventLoop loop;
    private final Sessions sessions;
    private final AckWindow window;
    private final ArrivalId ids;
    private final int receiveMaximum;
    private final long inFlightBytes;
    private final Map<String, Packet.Wish> subscribed = new LinkedHashMap<>();
    private @Nullable Connection connection;
    private @Nullable ScheduledFuture<?> expiry;
    private @Nullable ScheduledFuture<?> willDelay;
    private @Nullable Runnable will;
    private long expirySeconds;
    private int holds;
    private boolean ended;

    /// Who may come back to the session.
    ///
    /// @param username        empty if anonymous
    /// @param certificateName empty if there is none
    record Owner(String username, String certificateName) {
        private static final Owner ANONYMOUS = new Owner("", "");

        /// All clients without a user name are one.
        static Owner of(String username, String certificateName) {
            return username.isEmpty() ? ANONYMOUS : new Owner(username, certificateName);
        }

        @Override
        public String toString() {
            var user = username.isEmpty() ? "an anonymous client" : "user [" + Shown.of(username) + "]";
            return certificateName.isEmpty() ? user : user + " by certificate [" + Shown.of(certificateName) + "]";
        }
    }

    Session(
            String clientId,
            Owner owner,
            boolean persistent,
            EventLoop loop,
            Sessions sessions,
            MqttSettings settings) {
        this.clientId = clientId;
        this.owner = owner;
        this.loop = loop;
        this.sessions = sessions;
        this.window = new AckWindow(settings.receiveMaximum());
        this.ids = new ArrivalId(clientId, persistent);
        this.receiveMaximum = settings.receiveMaximum();
        this.inFlightBytes = settings.inFlightBytes();
    }

    String clientId() {
        return clientId;
    }

    Owner owner() {
        return owner;
    }

    EventLoop loop() {
        return loop;
    }

    AckWindow window() {
        return window;
    }

    ArrivalId ids() {
        return ids;
    }

    /// What the client is subscribed to, by filter. [Subscriptions] keeps it while there is a connection.
    Map<String, Packet.Wish> subscribed() {
        return subscribed;
    }

    boolean isPersistent() {
        return expirySeconds > 0;
    }

    boolean isAway() {
        return connection == null && !ended;
    }

    /// @param seconds how long the session outlives the connection
    void attach(Connection to, long seconds) {
        sessions.isBack(expiry != null);
        expiry = cancelled(expiry);
        willDelay = cancelled(willDelay);
        will = null;
        connection = to;
        expirySeconds = seconds;
    }

    void expireAfter(long seconds) {
        expirySeconds = seconds;
    }

    /// The connection ended.
    ///
    /// @param last what is to be said for the client, at the latest when the session ends
    void detach(Optional<Packet.Will> last, Publishes by) {
        connection = null;
        window.detach();
        last.ifPresent(words -> will = () -> by.takeWill(words, System.currentTimeMillis()));
        if (!isPersistent() || loop.isShuttingDown() || !sessions.keep()) {
            end();
            return;
        }
        expiry = loop.schedule(this::end, expirySeconds, TimeUnit.SECONDS);
        var delay = last.map(Packet.Will::delay).orElse(0L);
        if (delay == 0) {
            sayWill();
        } else if (delay < expirySeconds) {
            willDelay = loop.schedule(this::sayWill, delay, TimeUnit.SECONDS);
        }
    }

    /// Another connection of the same client came in: the one there is must go.
    void takeOver() {
        if (connection != null) {
            connection.end(Reason.SESSION_TAKEN_OVER, "expected one connection of a client id, another came in");
        }
    }

    void end() {
        if (ended) {
            return;
        }
        ended = true;
        sessions.remove(this, expiry != null);
        expiry = cancelled(expiry);
        willDelay = cancelled(willDelay);
        sayWill();
    }

    @Override
    public void safe(long sequence) {
        if (!ended) {
            window.safe(sequence);
        }
    }

    @Override
    public void settled() {
        if (ended) {
            return;
        }
        if (connection != null) {
            connection.acknowledge();
        } else {
            window.settle(UNHEARD);
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
    ///
    /// @param counts the number of messages holds the client back: a 3.1.1 client, which knows no receive maximum
    /// @param acks   told what may leave at once: what nobody wanted does not stop the reading
    boolean hasRoom(boolean wasReading, boolean counts, AckWindow.Acks acks) {
        if (wasReading && !hasRoom(1, counts)) {
            window.settle(acks);
        }
        return holds == 0 && hasRoom(wasReading ? 1 : 2, counts);
    }

    private boolean hasRoom(int part, boolean counts) {
        return (!counts || window.unacknowledged() <= (receiveMaximum - 1) / part)
                && window.bytes() <= (inFlightBytes - 1) / part;
    }

    private void regulate() {
        if (connection != null) {
            connection.regulate();
        }
    }

    private void sayWill() {
        var last = will;
        will = null;
        if (last != null) {
            last.run();
        }
    }

    private static @Nullable ScheduledFuture<?> cancelled(@Nullable ScheduledFuture<?> timer) {
        if (timer != null) {
            timer.cancel(false);
        }
        return null;
    }

    /// Nobody is there to be told: the window remembers.
    private static final AckWindow.Acks UNHEARD = (_, _, _, _) -> {};
}
