package io.sluice.node;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeStartTest {
    private static final int LIMIT_SECONDS = 60;

    @Test
    void failsInsteadOfWaitingForWhatCannotBeOpened(@TempDir Path folder) {
        var broken = "pekko.cluster.sharding.number-of-shards = planted";

        var starting = CompletableFuture.supplyAsync(
                () -> OneNode.start(OneNode.configuration(folder, "127.0.0.1:1", broken)));

        assertThatThrownBy(() -> starting.orTimeout(LIMIT_SECONDS, SECONDS).join())
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(ConfigException.class)
                .hasMessageContaining("number-of-shards");
    }
}
