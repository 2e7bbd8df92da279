package io.sluice.node.integration;

import io.sluice.node.handover.Handover;
import io.sluice.node.handover.WireForm;
import java.io.NotSerializableException;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.serialization.SerializerWithStringManifest;

/// What reaches a task through the cluster's router, as it travels between nodes.
public final class TaskWireForm extends SerializerWithStringManifest {
    private static final int IDENTIFIER = 7_140_003;
    private static final String RUN = "run.1";
    private static final String DRAIN = "drain.1";
    private static final String FROM_SENDER = "from-sender:";
    private static final byte[] NOTHING = {};

    private final WireForm handover;

    public TaskWireForm(ExtendedActorSystem system) {
        handover = new WireForm(system);
    }

    @Override
    public int identifier() {
        return IDENTIFIER;
    }

    @Override
    public String manifest(Object command) {
        return switch (command) {
            case Task.Run _ -> RUN;
            case Task.Drain _ -> DRAIN;
            case Task.FromSender(var message) -> FROM_SENDER + handover.manifest(message);
            default -> throw unknown(command);
        };
    }

    @Override
    public byte[] toBinary(Object command) {
        return switch (command) {
            case Task.Run _, Task.Drain _ -> NOTHING;
            case Task.FromSender(var message) -> handover.toBinary(message);
            default -> throw unknown(command);
        };
    }

    @Override
    public Object fromBinary(byte[] bytes, String manifest) throws NotSerializableException {
        return switch (manifest) {
            case RUN -> Task.Run.INSTANCE;
            case DRAIN -> Task.Drain.INSTANCE;
            default -> {
                if (manifest.startsWith(FROM_SENDER)
                        && handover.fromBinary(bytes, manifest.substring(FROM_SENDER.length()))
                                instanceof Handover.ToTask message) {
                    yield new Task.FromSender(message);
                }
                throw new NotSerializableException("task: sent by a newer release, as [%s]".formatted(manifest));
            }
        };
    }

    private static IllegalArgumentException unknown(Object command) {
        return new IllegalArgumentException("task: expected what travels to a task, was "
                + command.getClass().getName());
    }
}
