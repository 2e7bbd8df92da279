package io.sluice.node.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ArrivalIdTest {
    @Test
    void namesAMessageOfAPersistentSessionAlikeOnEveryNode() {
        assertThat(name(new ArrivalId("plant-7", true, 1), 5, "a", "x"))
                .isEqualTo(name(new ArrivalId("plant-7", true, 2), 5, "a", "x"))
                .isEqualTo("plant-7:5:070edf48c6272645");
    }

    @Test
    void tellsMessagesApartByPacketIdTopicAndPayload() {
        var ids = new ArrivalId("plant-7", true, 1);

        assertThat(new String[] {
                    name(ids, 5, "a", "x"),
                    name(ids, 6, "a", "x"),
                    name(ids, 5, "b", "x"),
                    name(ids, 5, "a", "y"),
                    name(ids, 5, "ax", ""),
                    name(ids, 5, "a", "")
                })
                .doesNotHaveDuplicates();
    }

    @Test
    void tellsCleanSessionsApart() {
        assertThat(name(new ArrivalId("plant-7", false, 1), 5, "a", "x"))
                .isNotEqualTo(name(new ArrivalId("plant-7", false, 2), 5, "a", "x"));
    }

    @Test
    void countsWhatHasNoPacketId() {
        var ids = new ArrivalId("plant-7", true, 0xabc);

        assertThat(ids.next()).isEqualTo("plant-7:0000000000000abc-0");
        assertThat(ids.next()).isEqualTo("plant-7:0000000000000abc-1");
    }

    private static String name(ArrivalId ids, int packetId, String topic, String payload) {
        return ids.of(packetId, ids.hash(Topic.of(topic), payload.getBytes(UTF_8)));
    }
}
