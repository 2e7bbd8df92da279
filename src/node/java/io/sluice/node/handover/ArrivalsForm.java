package io.sluice.node.handover;

import io.sluice.node.event.Arrival;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// Arrivals one after the other, as they travel between nodes outside of a handover.
public final class ArrivalsForm {
    private static final int COUNT_BYTES = 10;

    private ArrivalsForm() {}

    public static byte[] bytes(List<Arrival> arrivals) {
        var max = COUNT_BYTES;
        for (var arrival : arrivals) {
            max += WireForm.bytesMax(arrival, "");
        }
        var buffer = ByteBuffer.allocate(max);
        var out = new WireBuffer(buffer);
        out.number(arrivals.size());
        arrivals.forEach(arrival -> WireForm.write(arrival, out));
        var bytes = new byte[buffer.position()];
        buffer.flip().get(bytes);
        return bytes;
    }

    /// @param bytes read from its position to its end
    /// @throws IllegalArgumentException if they are none
    public static List<Arrival> read(ByteBuffer bytes) {
        var in = new WireBuffer(bytes);
        try {
            var count = in.count();
            var arrivals = new ArrayList<Arrival>(count);
            for (int i = 0; i < count; i++) {
                arrivals.add(WireForm.arrival(in));
            }
            return arrivals;
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("arrivals: expected more bytes, they end too early", e);
        }
    }
}
