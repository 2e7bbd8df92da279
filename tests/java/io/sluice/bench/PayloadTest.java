package io.sluice.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PayloadTest {
    private final Payload.Eye eye = new Payload.Eye("k3x9");

    private static byte[] payload(int size) {
        var writer = new Payload.Writer("k3x9", size);
        return Arrays.copyOf(writer.bytes(), writer.write(17, 1_234, 1_763_719_200_000_000L));
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 80, 256, 4_096, 65_536})
    void isOfTheSizeWantedAndReadsBack(int size) {
        var payload = payload(size);

        assertThat(payload).hasSizeBetween(size - 11, size);
        assertThat(eye.find(payload)).isEqualTo(new Payload.Message(17, 1_234, 1_763_719_200_000_000L));
    }

    @Test
    void isReadableJson() {
        assertThat(new String(payload(80), US_ASCII))
                .matches(
                        "\\{\"id\":\"k3x9-17-1234\",\"due\":1763719200000000,\"pad\":\"[a-z]+\",\"crc\":\"[0-9a-f]{8}\"}");
    }

    @Test
    void seesEveryFlippedByte() {
        var payload = payload(128);
        var head = "{\"id\":\"k3x9-".length();

        for (var i = head; i < payload.length; i++) {
            var damaged = payload.clone();
            damaged[i] ^= 1;
            assertThat(eye.find(damaged)).as("byte %d", i).isInstanceOf(Payload.Corrupt.class);
        }
    }

    @Test
    void seesWhatIsCutOffOrAdded() {
        var payload = payload(128);

        assertThat(eye.find(Arrays.copyOf(payload, 127))).isInstanceOf(Payload.Corrupt.class);
        assertThat(eye.find(Arrays.copyOf(payload, 129))).isInstanceOf(Payload.Corrupt.class);
    }

    @Test
    void findsItInAWrapper() {
        var wrapped = "{\"payload\":\"" + Base64.getEncoder().encodeToString(payload(100)) + "\",\"topicName\":\"a\"}";

        assertThat(eye.find(wrapped.getBytes(US_ASCII))).isInstanceOf(Payload.Message.class);
    }

    @Test
    void leavesOtherRunsAlone() {
        assertThat(new Payload.Eye("other").find(payload(100))).isEqualTo(Payload.Foreign.INSTANCE);
        assertThat(eye.find(new byte[0])).isEqualTo(Payload.Foreign.INSTANCE);
        assertThat(eye.find("{\"payload\":\"%%%\"}".getBytes(US_ASCII))).isEqualTo(Payload.Foreign.INSTANCE);
    }
}
