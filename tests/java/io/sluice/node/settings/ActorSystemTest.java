package io.sluice.node.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.cluster.typed.Cluster;
import org.junit.jupiter.api.Test;

/// Pekko takes what `sluice.conf` says.
class ActorSystemTest {

    @Test
    void startsOnLoopbackWithADispatcherThatMayWait() throws Exception {
        var config =
                new Configuration(List.of(), List.of("pekko.coordinated-shutdown.exit-jvm=off"), Map.of()).resolve();
        var kit = ActorTestKit.create("sluice", Configuration.forActors(config));
        try {
            var virtual = new CompletableFuture<Boolean>();

            kit.system()
                    .dispatchers()
                    .lookup(DispatcherSelector.fromConfig("sluice.dispatchers.produce"))
                    .execute(() -> virtual.complete(Thread.currentThread().isVirtual()));

            assertThat(virtual.get(20, TimeUnit.SECONDS)).isTrue();
            assertThat(Cluster.get(kit.system())
                            .selfMember()
                            .address()
                            .getHost()
                            .get())
                    .isEqualTo("127.0.0.1");
        } finally {
            kit.shutdownTestKit();
        }
    }
}
