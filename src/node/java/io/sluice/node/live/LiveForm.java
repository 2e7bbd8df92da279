package io.sluice.node.live;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.node.handover.ArrivalsForm;
import java.io.NotSerializableException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.serialization.SerializerWithStringManifest;

/// What a node received, as it travels to one that watches it. A node of another release that cannot read it shows
/// nothing of it.
public final class LiveForm extends SerializerWithStringManifest {
    private static final int IDENTIFIER = 7_140_004;
    private static final String BATCH = "batch.1";

    private final ActorRefResolver references;

    public LiveForm(ExtendedActorSystem system) {
        references = ActorRefResolver.get(Adapter.toTyped(system));
    }

    @Override
    public int identifier() {
        return IDENTIFIER;
    }

    @Override
    public String manifest(Object message) {
        return BATCH;
    }

    @Override
    public byte[] toBinary(Object message) {
        if (!(message instanceof LiveExchange.Batch(var from, var node, var number, var arrivals))) {
            throw new IllegalArgumentException(
                    "live: expected a batch, was " + message.getClass().getName());
        }
        var sender = references.toSerializationFormat(from).getBytes(UTF_8);
        var name = node.getBytes(UTF_8);
        var all = ArrivalsForm.bytes(arrivals);
        return ByteBuffer.allocate(Long.BYTES + 2 * Integer.BYTES + sender.length + name.length + all.length)
                .putLong(number)
                .putInt(sender.length)
                .put(sender)
                .putInt(name.length)
                .put(name)
                .put(all)
                .array();
    }

    @Override
    public Object fromBinary(byte[] bytes, String manifest) throws NotSerializableException {
        if (!manifest.equals(BATCH)) {
            throw new NotSerializableException("live: sent by a newer release, as [%s]".formatted(manifest));
        }
        var in = ByteBuffer.wrap(bytes);
        try {
            var number = in.getLong();
            var sender = text(in);
            var node = text(in);
            return new LiveExchange.Batch(references.resolveActorRef(sender), node, number, ArrivalsForm.read(in));
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw new NotSerializableException(
                    "live: sent as [%s], cannot be read: %s".formatted(manifest, e.getMessage()));
        }
    }

    private static String text(ByteBuffer in) {
        var length = in.getInt();
        if (length < 0 || length > in.remaining()) {
            throw new IllegalArgumentException(
                    "expected a text of at most %d bytes, was %d".formatted(in.remaining(), length));
        }
        var text = new byte[length];
        in.get(text);
        return new String(text, UTF_8);
    }
}
