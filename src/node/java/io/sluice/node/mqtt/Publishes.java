package io.sluice.node.mqtt;

import io.sluice.node.event.Arrival;
import io.sluice.node.handover.Intake;
import io.sluice.node.live.LiveView;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What one connection publishes: each PUBLISH is counted once as received, and then goes on to at least one
/// integration or is counted once as ended here.
final class Publishes {
    private static final Logger log = LoggerFactory.getLogger(Publishes.class);

    private final Connection connection;
    private final Session session;
    private final AckWindow window;
    private final Identity identity;
    private final Intake intake;
    private final Counts counts;
    private final LiveView live;
    private final MqttSettings settings;
    private final boolean five;
    private final @Nullable Topic[] aliases;
    private Topic checked = Topic.NONE;
    private boolean allowed;
    private boolean told;

    /// Who publishes.
    ///
    /// @param username        empty if anonymous
    /// @param certificateName empty if there is none
    record Identity(String username, String certificateName, Permissions permissions) {}

    Publishes(Connection connection, Session session, Identity identity, Intake intake, Ingress ingress, int version) {
        this.connection = connection;
        this.session = session;
        this.window = session.window();
        this.identity = identity;
        this.intake = intake;
        this.counts = ingress.counts;
        this.live = ingress.live;
        this.settings = ingress.settings;
        this.five = version == 5;
        this.aliases = new @Nullable Topic[five ? settings.topicAliasMaximum() : 0];
    }

    /// Takes one PUBLISH.
    ///
    /// @param nanos  when it was read, monotonic
    /// @param millis when it was read, wall clock
    /// @throws Refusal if the connection cannot go on
    void take(Packet.Publish publish, long nanos, long millis) {
        counts.received(publish.qos(), publish.payload().length);
        try {
            var topic = topic(publish);
            check(topic);
            hand(publish, topic, nanos, millis);
        } catch (Refusal refusal) {
            counts.refused(refusal.reason());
            throw refusal;
        }
    }

    /// Publishes for a client that is gone. Nobody is told of its fate.
    void takeWill(Packet.Will will, long millis) {
        counts.received(will.qos(), will.payload().length);
        var arrival = new Arrival(
                session.ids().next(),
                will.topic().name(),
                will.payload(),
                will.qos(),
                will.retain(),
                false,
                session.clientId(),
                identity.username(),
                identity.certificateName(),
                millis,
                will.properties());
        if (!intake.hasRoom(arrival)) {
            counts.overload.increment();
        } else if (intake.offer(arrival, NOBODY, 0) == 0) {
            counts.withoutRoute.increment();
        }
        live.show(arrival, connection);
    }

    private void hand(Packet.Publish publish, Topic topic, long nanos, long millis) {
        var qos = publish.qos();
        var packetId = publish.packetId();
        var hash = qos == 0 ? 0 : session.ids().hash(topic, publish.payload());
        if (window.repeats(qos, packetId, publish.duplicate(), hash)) {
            counts.repeats.increment();
            return;
        }
        checkRoom(qos, packetId);
        if (!allowed) {
            refuse(qos, packetId, hash, nanos);
            return;
        }
        var arrival = new Arrival(
                qos == 0 ? session.ids().next() : session.ids().of(packetId, hash),
                topic.name(),
                publish.payload(),
                qos,
                publish.retain(),
                publish.duplicate(),
                session.clientId(),
                identity.username(),
                identity.certificateName(),
                millis,
                publish.properties());
        if (!intake.hasRoom(arrival)) {
            overloaded(qos);
            return;
        }
        var sequence = window.enter(qos, packetId, hash, arrival.weight(), nanos);
        var integrations = intake.offer(arrival, session, sequence);
        window.expect(sequence, integrations);
        if (integrations == 0) {
            counts.withoutRoute.increment();
        }
        live.show(arrival, connection);
    }

    /// What must not be lost is not taken: its publisher sends it again when it has come back.
    private void overloaded(int qos) {
        if (qos > 0) {
            throw new Refusal(Reason.SERVER_BUSY, "expected a task that takes more, was full up to overload-bytes");
        }
        counts.overload.increment();
    }

    /// Reading on must not wait for PUBRELs: they stand behind what is not read.
    private void checkRoom(int qos, int packetId) {
        if (five && qos > 0 && window.outstanding() >= settings.receiveMaximum()) {
            throw new Refusal(
                    Reason.RECEIVE_MAXIMUM_EXCEEDED,
                    "expected at most %d unacknowledged messages, was one more".formatted(settings.receiveMaximum()));
        }
        if (qos == 2 && !window.mayReceive(packetId, settings.unreleasedMax())) {
            throw new Refusal(
                    Reason.RECEIVE_MAXIMUM_EXCEEDED,
                    "expected at most %d QoS 2 messages without PUBREL, was one more"
                            .formatted(settings.unreleasedMax()));
        }
    }

    /// MQTT 5 is told by the acknowledgement; 3.1.1 has no word for it.
    private void refuse(int qos, int packetId, long hash, long nanos) {
        if (!five) {
            throw new Refusal(
                    Reason.NOT_AUTHORIZED, "topic [" + Shown.of(checked.name()) + "]: not permitted to publish");
        }
        counts.refused(Reason.NOT_AUTHORIZED);
        if (qos > 0) {
            window.refuse(window.enter(qos, packetId, hash, 0, nanos), Reason.NOT_AUTHORIZED);
        }
    }

    private Topic topic(Packet.Publish publish) {
        if (five && publish.retain()) {
            throw new Refusal(Reason.RETAIN_NOT_SUPPORTED, "retain flag: expected 0, was 1");
        }
        var alias = publish.alias();
        var topic = publish.topic();
        if (alias > aliases.length) {
            throw new Refusal(
                    Reason.TOPIC_ALIAS_INVALID,
                    "topic alias: expected at most %d, was %d".formatted(aliases.length, alias));
        }
        if (alias > 0 && topic.isNone()) {
            var known = aliases[alias - 1];
            if (known == null) {
                throw Refusal.protocol("topic alias: expected one that was given a topic, was " + alias);
            }
            return known;
        }
        if (topic.isNone() && five) {
            throw Refusal.protocol("topic name: expected one, or a topic alias, was neither");
        }
        if (alias > 0) {
            aliases[alias - 1] = topic;
        }
        return topic;
    }

    private void check(Topic topic) {
        if (topic != checked || topic.isNone()) {
            topic.check(settings.limits().topicLevels());
            checked = topic;
            allowed = identity.permissions().mayPublish(topic.name());
            if (!allowed && !told) {
                told = true;
                log.info(
                        "client [{}] is not permitted to publish to [{}]; its further such messages are only counted",
                        Shown.of(session.clientId()),
                        Shown.of(topic.name()));
            }
        }
    }

    private static final Intake.Publisher NOBODY = new Intake.Publisher() {
        @Override
        public void safe(long sequence) {}

        @Override
        public void settled() {}

        @Override
        public void hold() {}

        @Override
        public void release() {}
    };
}
