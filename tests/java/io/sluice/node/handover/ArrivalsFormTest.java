package io.sluice.node.handover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.node.event.Arrival;
import io.sluice.node.event.Properties;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class ArrivalsFormTest {
    private static final Arrival FIRST = QueuedFormTest.ARRIVAL;
    private static final Arrival SECOND = new Arrival(
            "id-2", "plant/7", new byte[0], 0, false, false, "d-1", "user", "", 1_700_000_000_001L, Properties.NONE);

    /// Nodes of two releases speak to each other: what stands here is read by every later one.
    private static final String BYTES = "02" // how many
            + "160469642d310007706c616e742f3706323120c2b0430003642d31000475736572000080d095ffbc31000a"
            + "746578742f706c61696e06616e737765720201ff013d01016102c3bc"
            + "000469642d32010002030481d095ffbc31";

    @Test
    void isWrittenAsEverAndReadAsWritten() {
        var bytes = ArrivalsForm.bytes(List.of(FIRST, SECOND));

        assertThat(HexFormat.of().formatHex(bytes)).isEqualTo(BYTES);
        assertThat(ArrivalsForm.read(ByteBuffer.wrap(bytes)))
                .usingRecursiveComparison()
                .isEqualTo(List.of(FIRST, SECOND));
        assertThat(ArrivalsForm.read(ByteBuffer.wrap(ArrivalsForm.bytes(List.of()))))
                .isEmpty();
    }

    @Test
    void whatEndsTooEarlyIsRefused() {
        var bytes = HexFormat.of().parseHex(BYTES);

        for (int length = 0; length < bytes.length; length++) {
            var part = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> ArrivalsForm.read(ByteBuffer.wrap(part)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
