package io.sluice.node.handover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.node.event.Arrival;
import io.sluice.node.event.Properties;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class QueuedFormTest {
    static final Arrival ARRIVAL = new Arrival(
            "id-1",
            "plant/7",
            "21 °C".getBytes(StandardCharsets.UTF_8),
            2,
            true,
            false,
            "d-1",
            "user",
            "",
            1_700_000_000_000L,
            new Properties(
                    "text/plain", "answer", new byte[] {1, -1}, true, 60, List.of(new Properties.User("a", "ü"))));

    /// What stands in a queue is read by every later release: this never changes.
    private static final String FORM_1 =
            "01ac02160469642d310007706c616e742f3706323120c2b0430003642d31000475736572000080d095ffbc31000a"
                    + "746578742f706c61696e06616e737765720201ff013d01016102c3bc";

    @Test
    void isWrittenAsEver() {
        assertThat(HexFormat.of().formatHex(QueuedForm.bytes(300, ARRIVAL))).isEqualTo(FORM_1);
    }

    @Test
    void whatIsReadIsWhatWasWritten() {
        var read = QueuedForm.read(HexFormat.of().parseHex(FORM_1));

        assertThat(read.lanes()).isEqualTo(300);
        assertThat(read.arrival()).usingRecursiveComparison().isEqualTo(ARRIVAL);
    }

    @Test
    void whatCannotBeReadIsSaidAndNotSkipped() {
        assertThatThrownBy(() -> QueuedForm.read(new byte[] {2, 0}))
                .hasMessage("queued arrival: expected form 1, was 2; a newer release wrote it");
        assertThatThrownBy(() -> QueuedForm.read(new byte[] {1, 5})).hasMessageContaining("expected more bytes than 2");
        assertThatThrownBy(() -> QueuedForm.read(new byte[0])).hasMessageContaining("expected more bytes than 0");
    }
}
