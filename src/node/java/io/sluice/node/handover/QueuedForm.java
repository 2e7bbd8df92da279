package io.sluice.node.handover;

import io.sluice.node.event.Arrival;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// An arrival as it stands in a queue topic, where the record's key is its subject. What one release has queued is read
/// by the next: a first byte names the form. The lanes follow it in every form there will be.
public final class QueuedForm {
    private static final byte FORM_1 = 1;
    private static final byte FORM_LAST = 31;
    private static final int HEAD_BYTES = 11;

    private QueuedForm() {}

    /// @param lanes the distribution of subjects over tasks that the arrival followed
    public record Queued(long lanes, Arrival arrival) {}

    /// The value of its record.
    public static byte[] bytes(long lanes, Arrival arrival) {
        var buffer = ByteBuffer.allocate(HEAD_BYTES + WireForm.bytesMax(arrival, ""));
        var out = new WireBuffer(buffer.put(FORM_1));
        out.number(lanes);
        WireForm.write(arrival, out);
        var bytes = new byte[buffer.position()];
        buffer.flip().get(bytes);
        return bytes;
    }

    /// The lanes alone, also of a form that a newer release wrote; empty of what no release has written.
    public static OptionalLong lanes(byte @Nullable [] value) {
        if (value == null || value.length < 2 || value[0] < FORM_1 || value[0] > FORM_LAST) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(new WireBuffer(ByteBuffer.wrap(value).position(1)).number());
        } catch (BufferUnderflowException | IllegalArgumentException _) {
            return OptionalLong.empty();
        }
    }

    /// @throws IllegalArgumentException if no release up to this one has written it
    public static Queued read(byte[] value) {
        var buffer = ByteBuffer.wrap(value);
        try {
            var form = buffer.get();
            if (form != FORM_1) {
                throw new IllegalArgumentException(
                        "queued arrival: expected form %d, was %d; a newer release wrote it".formatted(FORM_1, form));
            }
            var in = new WireBuffer(buffer);
            return new Queued(in.number(), WireForm.arrival(in));
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("queued arrival: expected more bytes than " + value.length, e);
        }
    }
}
