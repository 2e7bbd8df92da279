package io.sluice.node.handover;

import io.sluice.node.event.Arrival;
import io.sluice.node.event.Metadata;
import io.sluice.node.event.Properties;
import io.sluice.node.handover.Handover.Acknowledged;
import io.sluice.node.handover.Handover.Drop;
import io.sluice.node.handover.Handover.Dropped;
import io.sluice.node.handover.Handover.Expected;
import io.sluice.node.handover.Handover.Hand;
import io.sluice.node.handover.Handover.Open;
import io.sluice.node.handover.Handover.Opened;
import java.io.NotSerializableException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.TreeMap;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.serialization.ByteBufferSerializer;
import org.apache.pekko.serialization.SerializerWithStringManifest;

/// What senders and tasks say to each other as it travels between nodes; on one node it is handed on by reference. A
/// form that a release has sent is read by the next one: fields are added under a new manifest.
///
/// Of a batch the way back does not travel: its sender keeps it.
public final class WireForm extends SerializerWithStringManifest implements ByteBufferSerializer {
    private static final int IDENTIFIER = 7_140_002;
    private static final String OPEN = "open.1";
    private static final String HAND = "hand.1";

    /// As the first, and an arrival of it may have metadata. Only sent if one has any, so that nodes of an earlier
    /// release are handed all else.
    private static final String HAND_WITH_METADATA = "hand.2";

    private static final String DROP = "drop.1";
    private static final String DROPPED = "dropped.1";
    private static final String OPENED = "opened.1";
    private static final String EXPECTED = "expected.1";
    private static final String ACKNOWLEDGED = "acknowledged.1";

    private static final int RETAIN = 4;
    private static final int DUPLICATE = 8;
    private static final int HAS_PROPERTIES = 16;
    private static final int HAS_METADATA = 32;
    private static final int QOS = 3;

    /// Most bytes an arrival takes besides its payload and its texts.
    private static final int NUMBERS_BYTES = 64;

    private static final int UTF8_MAX = 3;

    private final ActorRefResolver references;

    public WireForm(ExtendedActorSystem system) {
        references = ActorRefResolver.get(Adapter.toTyped(system));
    }

    /// Most bytes that an arrival takes on its way.
    static int bytesMax(Arrival arrival, String subject) {
        var properties = arrival.properties();
        var texts = arrival.id().length()
                + arrival.topic().length()
                + arrival.clientId().length()
                + arrival.username().length()
                + arrival.certificateName().length()
                + subject.length()
                + properties.contentType().length()
                + properties.responseTopic().length();
        for (var user : properties.user()) {
            texts += user.name().length() + user.value().length() + NUMBERS_BYTES;
        }
        for (var entry : arrival.metadata().texts().entrySet()) {
            texts += entry.getKey().length() + entry.getValue().length() + NUMBERS_BYTES;
        }
        return NUMBERS_BYTES + arrival.payload().length + properties.correlationData().length + UTF8_MAX * texts;
    }

    @Override
    public int identifier() {
        return IDENTIFIER;
    }

    @Override
    public String manifest(Object message) {
        return switch (message) {
            case Open _ -> OPEN;
            case Hand hand -> hasMetadata(hand.batch()) ? HAND_WITH_METADATA : HAND;
            case Drop _ -> DROP;
            case Dropped _ -> DROPPED;
            case Opened _ -> OPENED;
            case Expected _ -> EXPECTED;
            case Acknowledged _ -> ACKNOWLEDGED;
            default -> throw unknown(message);
        };
    }

    @Override
    public byte[] toBinary(Object message) {
        var buffer = ByteBuffer.allocate(bytesMax(message));
        toBinary(message, buffer);
        var bytes = new byte[buffer.position()];
        buffer.flip().get(bytes);
        return bytes;
    }

    @Override
    public void toBinary(Object message, ByteBuffer buffer) {
        var out = new WireBuffer(buffer);
        switch (message) {
            case Open(var session, var base, var sender) -> {
                out.fixed(session);
                out.number(base);
                out.text(name(sender));
            }
            case Hand hand -> write(hand, out);
            case Drop(var session, var sender) -> {
                out.fixed(session);
                out.text(name(sender));
            }
            case Dropped(var session) -> out.fixed(session);
            case Opened(var incarnation, var expected, var upTo, var parked, var task) -> {
                out.fixed(incarnation);
                out.number(expected);
                out.number(upTo);
                out.number(parked);
                out.text(name(task));
            }
            case Expected(var incarnation, var expected) -> {
                out.fixed(incarnation);
                out.number(expected);
            }
            case Acknowledged(var incarnation, var upTo, var parked) -> {
                out.fixed(incarnation);
                out.number(upTo);
                out.number(parked);
            }
            default -> throw unknown(message);
        }
    }

    @Override
    public Object fromBinary(byte[] bytes, String manifest) throws NotSerializableException {
        return fromBinary(ByteBuffer.wrap(bytes), manifest);
    }

    @Override
    public Object fromBinary(ByteBuffer buffer, String manifest) throws NotSerializableException {
        var in = new WireBuffer(buffer);
        try {
            return switch (manifest) {
                case OPEN -> new Open(in.fixed(), in.number(), reference(in));
                case HAND, HAND_WITH_METADATA -> hand(in);
                case DROP -> new Drop(in.fixed(), reference(in));
                case DROPPED -> new Dropped(in.fixed());
                case OPENED -> new Opened(in.fixed(), in.number(), in.number(), in.number(), reference(in));
                case EXPECTED -> new Expected(in.fixed(), in.number());
                case ACKNOWLEDGED -> new Acknowledged(in.fixed(), in.number(), in.number());
                default ->
                    throw new NotSerializableException(
                            "handover: sent by a newer release, as [%s]".formatted(manifest));
            };
        } catch (BufferUnderflowException e) {
            throw unreadable(manifest, "it ends too early");
        } catch (IllegalArgumentException e) {
            throw unreadable(manifest, String.valueOf(e.getMessage()));
        }
    }

    private static boolean hasMetadata(Batch batch) {
        for (var arrival : batch.arrivals()) {
            if (!arrival.metadata().isEmpty()) {
                return true;
            }
        }
        return false;
    }

    private void write(Hand hand, WireBuffer out) {
        out.fixed(hand.session());
        out.fixed(hand.incarnation());
        out.number(hand.base());
        out.number(hand.number());
        out.number(hand.lanes());
        out.text(name(hand.sender()));
        var batch = hand.batch();
        out.number(batch.weight());
        out.number(batch.size());
        for (int i = 0; i < batch.size(); i++) {
            write(batch.arrivals().get(i), out);
            out.sharedText(batch.subjects().get(i));
        }
    }

    static void write(Arrival arrival, WireBuffer out) {
        var has = !arrival.properties().equals(Properties.NONE);
        out.number(arrival.qos()
                | (arrival.retain() ? RETAIN : 0)
                | (arrival.duplicate() ? DUPLICATE : 0)
                | (has ? HAS_PROPERTIES : 0)
                | (arrival.metadata().isEmpty() ? 0 : HAS_METADATA));
        out.text(arrival.id());
        out.sharedText(arrival.topic());
        out.bytes(arrival.payload());
        out.sharedText(arrival.clientId());
        out.sharedText(arrival.username());
        out.sharedText(arrival.certificateName());
        out.number(arrival.receivedAt());
        if (has) {
            write(arrival.properties(), out);
        }
        if (!arrival.metadata().isEmpty()) {
            out.number(arrival.metadata().texts().size());
            arrival.metadata().texts().forEach((name, text) -> {
                out.sharedText(name);
                out.text(text);
            });
        }
    }

    private static void write(Properties properties, WireBuffer out) {
        out.sharedText(properties.contentType());
        out.text(properties.responseTopic());
        out.bytes(properties.correlationData());
        out.number(properties.text() ? 1 : 0);
        out.number(properties.expirySeconds() + 1);
        out.number(properties.user().size());
        for (var user : properties.user()) {
            out.text(user.name());
            out.text(user.value());
        }
    }

    private Hand hand(WireBuffer in) {
        var session = in.fixed();
        var incarnation = in.fixed();
        var base = in.number();
        var number = in.number();
        var lanes = in.number();
        ActorRef<Handover.ToSender> sender = reference(in);
        var weight = in.number();
        var size = in.count();
        var arrivals = new ArrayList<Arrival>(size);
        var subjects = new ArrayList<String>(size);
        for (int i = 0; i < size; i++) {
            arrivals.add(arrival(in));
            subjects.add(in.sharedText());
        }
        var batch = new Batch(arrivals, subjects, weight, WireForm::toNobody);
        return new Hand(session, incarnation, base, number, lanes, batch, sender);
    }

    /// Nobody on this node waits for what was received on another.
    private static void toNobody() {}

    static Arrival arrival(WireBuffer in) {
        var flags = (int) in.number();
        return new Arrival(
                in.text(),
                in.sharedText(),
                in.bytes(),
                flags & QOS,
                (flags & RETAIN) != 0,
                (flags & DUPLICATE) != 0,
                in.sharedText(),
                in.sharedText(),
                in.sharedText(),
                in.number(),
                (flags & HAS_PROPERTIES) == 0 ? Properties.NONE : properties(in),
                (flags & HAS_METADATA) == 0 ? Metadata.NONE : metadata(in));
    }

    private static Metadata metadata(WireBuffer in) {
        var size = in.count();
        var texts = new TreeMap<String, String>();
        for (int i = 0; i < size; i++) {
            texts.put(in.sharedText(), in.text());
        }
        return new Metadata(texts);
    }

    private static Properties properties(WireBuffer in) {
        var contentType = in.sharedText();
        var responseTopic = in.text();
        var correlationData = in.bytes();
        var text = in.number() != 0;
        var expirySeconds = in.number() - 1;
        var size = in.count();
        var user = new ArrayList<Properties.User>(size);
        for (int i = 0; i < size; i++) {
            user.add(new Properties.User(in.text(), in.text()));
        }
        return new Properties(contentType, responseTopic, correlationData, text, expirySeconds, user);
    }

    private String name(ActorRef<?> actor) {
        return references.toSerializationFormat(actor);
    }

    private <T> ActorRef<T> reference(WireBuffer in) {
        return references.resolveActorRef(in.text());
    }

    private static int bytesMax(Object message) {
        var head = 1024;
        if (!(message instanceof Hand hand)) {
            return head;
        }
        var batch = hand.batch();
        var bytes = head;
        for (int i = 0; i < batch.size(); i++) {
            bytes += bytesMax(batch.arrivals().get(i), batch.subjects().get(i));
        }
        return bytes;
    }

    private static IllegalArgumentException unknown(Object message) {
        return new IllegalArgumentException("handover: expected what a sender or a task says, was "
                + message.getClass().getName());
    }

    private static NotSerializableException unreadable(String manifest, String why) {
        return new NotSerializableException("handover: sent as [%s], cannot be read: %s".formatted(manifest, why));
    }
}
