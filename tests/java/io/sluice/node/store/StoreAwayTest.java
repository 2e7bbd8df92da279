package io.sluice.node.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sluice.node.PostgresServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a store does while its server is away, and after.
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@SuppressWarnings("NullAway.Init")
class StoreAwayTest {
    /// Waiting for a turn, for a connection and for an answer, each by the settings of [AnyStore], and some more.
    private static final Duration CALL_LIMIT = Duration.ofSeconds(12);

    private static final Duration BACK_LIMIT = Duration.ofSeconds(15);

    private PostgresServer server;
    private PostgresqlSettings settings;
    private Store store;

    @BeforeEach
    void start() {
        server = PostgresServer.start("");
        settings = AnyStore.on(server.host(), server.database());
        store = open();
    }

    @AfterEach
    void stop() {
        store.close();
        server.close();
    }

    @Test
    void failsWhileTheServerIsDownAndGoesOnWhenItIsBack() {
        store.epochs().next("telemetry");
        store.deadLetters().add(Letters.letter("telemetry", "arrival-1"));

        server.crash();

        assertFailsInTime(() -> store.epochs().next("telemetry"), "epoch of integration [telemetry]");
        assertFailsInTime(
                () -> store.deadLetters().add(Letters.letter("telemetry", "arrival-2")),
                "dead letter [arrival-2] of [telemetry]");
        server.resume();
        assertGoesOn();
    }

    @Test
    void failsWhileTheServerHangsAndGoesOnWhenItIsBack() {
        store.epochs().next("telemetry");
        store.deadLetters().add(Letters.letter("telemetry", "arrival-1"));

        server.freeze();

        assertFailsInTime(() -> store.epochs().next("telemetry"), "epoch of integration [telemetry]");
        assertFailsInTime(
                () -> store.deadLetters().add(Letters.letter("telemetry", "arrival-2")),
                "dead letter [arrival-2] of [telemetry]");
        server.thaw();
        assertGoesOn();
    }

    /// More than the sockets between hold: only a bound of writing ends it.
    @Test
    void aServerThatDoesNotReadHoldsNobody() {
        store.deadLetters().add(Letters.letter("telemetry", "arrival-1"));
        var large = Letters.letter("telemetry", "large", new byte[48 << 20]);

        server.freeze();

        assertFailsInTime(() -> store.deadLetters().add(large), "dead letter [large] of [telemetry]");
    }

    @Test
    void manyCallersOfAServerThatHangsWaitNoLongerThanOne() {
        store.epochs().next("telemetry");
        server.freeze();

        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var calls = IntStream.range(0, 100)
                    .mapToObj(_ ->
                            CompletableFuture.supplyAsync(() -> store.epochs().next("telemetry"), threads))
                    .toList();

            assertThat(CompletableFuture.allOf(calls.toArray(CompletableFuture[]::new)))
                    .failsWithin(CALL_LIMIT);
            assertThat(calls).allMatch(CompletableFuture::isCompletedExceptionally);
        } finally {
            server.thaw();
        }
    }

    /// A node that is stopped within a transaction would lock the row for ever.
    @Test
    void aNodeThatStandsStillLocksOutNobodyForLong() throws Exception {
        store.epochs().next("telemetry");
        try (var stopped = AnyStore.connect(new StoreSettings(Path.of("unused"), Optional.of(settings), 1));
                var statement = stopped.createStatement()) {
            stopped.setAutoCommit(false);
            statement.execute("SET idle_in_transaction_session_timeout = 2000");
            statement.execute("UPDATE integration_epochs SET epoch = epoch + 1");

            assertFailsInTime(() -> store.epochs().next("telemetry"), "epoch of integration [telemetry]");
            await("the lock is gone")
                    .atMost(BACK_LIMIT)
                    .ignoreExceptionsInstanceOf(StoreFailed.class)
                    .until(() -> store.epochs().next("telemetry") == 2);
        }
    }

    private Store open() {
        return Store.open(new StoreSettings(Path.of("unused"), Optional.of(settings), 1_000));
    }

    private void assertFailsInTime(ThrowingCallable call, String what) {
        var started = System.nanoTime();

        assertThatThrownBy(call)
                .isInstanceOf(StoreFailed.class)
                .message()
                .startsWith("store: %s: postgresql://%s/%s".formatted(what, server.host(), settings.database()))
                .hasLineCount(1);
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(CALL_LIMIT);
    }

    private void assertGoesOn() {
        await("the store is back")
                .atMost(BACK_LIMIT)
                .ignoreExceptionsInstanceOf(StoreFailed.class)
                .until(() -> store.epochs().next("telemetry") > 1);
        store.deadLetters().add(Letters.letter("telemetry", "arrival-3"));

        assertThat(store.deadLetters().list("telemetry", 10, 0))
                .extracting(kept -> kept.letter().arrivalId())
                .startsWith("arrival-1")
                .endsWith("arrival-3");
    }
}
