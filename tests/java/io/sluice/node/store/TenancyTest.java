package io.sluice.node.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sluice.node.PostgresServer;
import io.sluice.node.settings.CannotStart;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Nodes that do not know each other cannot share a data base.
class TenancyTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration SOON = Duration.ofMillis(300);

    private final PostgresServer server = PostgresServer.shared();
    private final String database = server.database();

    private Store open() {
        return Store.open(
                new StoreSettings(Path.of("unused"), Optional.of(AnyStore.on(server.host(), database)), 1_000));
    }

    private Store open(boolean alone, Duration atMost) {
        var store = open();
        store.keepStrangersOut(alone, atMost);
        return store;
    }

    private void cutConnections() {
        server.execute(
                database,
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '%s' AND pid <> pg_backend_pid()"
                        .formatted(database));
    }

    @Test
    void oneThatLooksForNoOthersHasItForItself() {
        try (var _ = open(true, SOON)) {
            assertThatThrownBy(() -> open(true, SOON))
                    .isInstanceOf(CannotStart.class)
                    .hasMessageStartingWith(
                            "store [postgresql://%s/%s]: in use by another node (".formatted(server.host(), database))
                    .hasMessageContaining("127.0.0.1, since 20")
                    .hasMessageContaining("sluice.cluster.discovery");
            assertThatThrownBy(() -> open(false, SOON))
                    .hasMessageContaining("in use by a node that looks for no others");
        }
        open(true, LIMIT).close();
    }

    @Test
    void nodesOfAClusterShareIt() {
        try (var first = open(false, SOON);
                var second = open(false, SOON)) {
            assertThatThrownBy(() -> open(true, SOON)).isInstanceOf(CannotStart.class);
            assertThat(first.strangers()).isEmpty();
            assertThat(second.strangers()).isEmpty();
        }
        open(true, LIMIT).close();
    }

    @Test
    void isTakenAgainWhenTheServerHasForgotten() {
        try (var store = open(true, SOON)) {
            cutConnections();

            await("it keeps others out again").atMost(LIMIT).until(() -> {
                try (var _ = open(true, Duration.ZERO)) {
                    return false;
                } catch (CannotStart e) {
                    return String.valueOf(e.getMessage()).contains("in use by another node");
                }
            });
            await("nobody else is there")
                    .atMost(LIMIT)
                    .until(() -> store.strangers().isEmpty());
        }
    }

    @Test
    void tellsOfOneThatCameMeanwhile() {
        try (var store = open(true, SOON);
                var other = open()) {
            await("another one gets in while the server forgets").atMost(LIMIT).until(() -> {
                cutConnections();
                try {
                    other.keepStrangersOut(true, Duration.ZERO);
                    return true;
                } catch (CannotStart _) {
                    return false;
                }
            });

            await("it says so").atMost(LIMIT).until(() -> store.strangers().contains("in use by another node"));
        }
    }
}
