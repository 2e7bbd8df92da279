package io.sluice.node.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import io.sluice.node.cluster.ClusterMessage;
import java.util.List;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.SerializationTestKit;
import org.junit.jupiter.api.Test;

class BridgeCommandsTest {

    @Test
    void whatTravelsBetweenNodesArrivesAsItWas() {
        var node = ConfigFactory.load("sluice.conf");
        var kit = ActorTestKit.create(
                "travel",
                node.withOnlyPath("pekko.actor.serialization-bindings")
                        .withFallback(node.withOnlyPath("pekko.actor.serializers"))
                        .withFallback(ConfigFactory.defaultReference()));
        try {
            var wire = new SerializationTestKit(kit.system());
            for (ClusterMessage message : List.of(Bridge.Run.INSTANCE, Bridge.Drain.INSTANCE)) {
                assertThat(wire.verifySerialization(message, true)).isEqualTo(message);
            }
        } finally {
            kit.shutdownTestKit();
        }
    }
}
