package io.sluice.node.catalog;

import static io.sluice.node.catalog.Kind.INTEGRATION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.node.PostgresServer;
import io.sluice.node.catalog.Change.Anything;
import io.sluice.node.catalog.Change.Put;
import io.sluice.node.store.AnyStore;
import io.sluice.node.store.Store;
import io.sluice.node.store.StoreSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What the catalog does while its data base is away: it answers nothing, loses nothing, and goes on by itself.
@SuppressWarnings("NullAway.Init")
class CatalogAwayTest {
    private static final Key ONE = new Key(INTEGRATION, "one");
    private static final Duration ASK_LIMIT = Duration.ofSeconds(3);
    private static final Duration BACK_LIMIT = Duration.ofSeconds(30);

    private PostgresServer server;
    private Store store;

    @BeforeEach
    void start() {
        server = PostgresServer.start("");
        var settings = AnyStore.on(server.host(), server.database());
        store = Store.open(new StoreSettings(Path.of("unused"), Optional.of(settings), 1));
    }

    @AfterEach
    void stop() {
        store.close();
        server.close();
    }

    @Test
    void goesOnAfterACrashOfTheServer() throws Exception {
        try (var node = new CatalogNode(store.journal(), Optional.empty())) {
            assertThat(node.make(put("before"))).isInstanceOf(Catalog.Made.class);

            server.crash();
            assertUnanswered(node);
            assertUnanswered(node);
            server.resume();

            assertGoesOn(node);
        }
    }

    @Test
    void goesOnAfterTheServerHung() throws Exception {
        try (var node = new CatalogNode(store.journal(), Optional.empty())) {
            assertThat(node.make(put("before"))).isInstanceOf(Catalog.Made.class);

            server.freeze();
            assertUnanswered(node);
            assertUnanswered(node);
            server.thaw();

            assertGoesOn(node);
        }
    }

    private static void assertUnanswered(CatalogNode node) {
        assertThat(node.ask(ASK_LIMIT, put("meanwhile")).toCompletableFuture())
                .failsWithin(ASK_LIMIT.multipliedBy(2))
                .withThrowableThat()
                .withCauseInstanceOf(TimeoutException.class);
    }

    /// With what was there before; what was not answered may have been made or not.
    private static void assertGoesOn(CatalogNode node) {
        var answer = await("the catalog is back").atMost(BACK_LIMIT).until(() -> answer(node), Optional::isPresent);

        var version = ((Catalog.Made) answer.orElseThrow()).version();
        assertThat(version).isGreaterThan(1);
        assertThat(node.awaitSeen(version).find(ONE)).map(Entry::definition).contains("after");
    }

    private static Optional<Catalog.Answer> answer(CatalogNode node) {
        try {
            return Optional.of(
                    node.ask(ASK_LIMIT, put("after")).toCompletableFuture().join());
        } catch (CompletionException e) {
            return Optional.empty();
        }
    }

    private static Put put(String definition) {
        return new Put(ONE, definition, new Anything());
    }
}
