package io.sluice.node.handover;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.node.settings.Section;
import io.sluice.node.settings.SettingsContract;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HandoverSettingsTest implements SettingsContract<HandoverSettings> {

    @Override
    public String path() {
        return "sluice.handover";
    }

    @Override
    public HandoverSettings read(Section section) {
        return HandoverSettings.from(section);
    }

    @Override
    public HandoverSettings defaults() {
        return new HandoverSettings(64, 16 << 20, 16 << 20, 64 << 20, Duration.ofSeconds(2));
    }

    @Override
    public Map<String, String> changes() {
        return Map.of(
                "window-batches", "1",
                "window-bytes", "1 MiB",
                "buffer-bytes", "60 MiB",
                "overload-bytes", "4 GiB",
                "resend-after", "50ms");
    }

    @Test
    void readsSlowedPublishersAgainAtHalfTheBound() {
        assertThat(defaults().lowWatermarkBytes()).isEqualTo(8 << 20);
    }

    @Test
    void refusesToTurnAwayBeforeItSlows() {
        assertThat(problemsWith(Map.of("overload-bytes", "8 MiB")))
                .containsExactly("command line: sluice.handover.overload-bytes must be at least buffer-bytes, or a task"
                        + " is never slowed, only refused");
    }

    @Test
    void refusesAWindowThatHoldsNothing() {
        assertThat(problemsWith(Map.of("window-batches", "0", "window-bytes", "1 KiB")))
                .containsExactly(
                        "command line: sluice.handover.window-batches must be at least 1, was 0",
                        "command line: sluice.handover.window-bytes must be at least 1 MiB, was 1 KiB");
    }
}
