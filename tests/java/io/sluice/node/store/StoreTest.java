package io.sluice.node.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.node.ForkedJvm;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// What a store keeps on either data base. What only a file can suffer is in [H2FileTest], what only a server can in
/// [PostgresqlTest] and [StoreAwayTest].
@ParameterizedClass
@EnumSource
@SuppressWarnings("NullAway.Init")
class StoreTest {
    @Parameter
    private AnyStore kind;

    @TempDir
    private Path dir;

    private int deadLettersMax = 1_000;

    @Test
    void epochsRiseForEachIntegrationAlone() {
        try (var store = open()) {
            assertThat(store.epochs().next("telemetry")).isEqualTo(1);
            assertThat(store.epochs().next("telemetry")).isEqualTo(2);
            assertThat(store.epochs().next("alarms")).isEqualTo(1);
        }
    }

    @Test
    void epochsRiseOverRestarts() {
        try (var store = open()) {
            store.epochs().next("telemetry");
        }

        try (var store = open()) {
            assertThat(store.epochs().next("telemetry")).isEqualTo(2);
        }
    }

    @Test
    void noTwoThreadsGetTheSameEpoch() throws Exception {
        try (var store = open();
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<Long> next = () -> store.epochs().next("telemetry");

            var pending =
                    IntStream.range(0, 100).mapToObj(_ -> threads.submit(next)).toList();

            for (var epoch : pending) {
                epoch.get();
            }
            assertThat(pending.stream().map(future -> future.resultNow()).sorted())
                    .containsExactlyElementsOf(
                            LongStream.rangeClosed(1, 100).boxed().toList());
        }
    }

    @Test
    void keepsAsManyDeadLettersOfAnIntegrationAsAllowed() throws Exception {
        deadLettersMax = 2;
        try (var store = open()) {
            store.deadLetters().add(Letters.letter("telemetry", "arrival-1"));
        }
        try (var store = open()) {
            var letters = store.deadLetters();
            letters.add(Letters.letter("telemetry", "arrival-2"));

            assertThatThrownBy(() -> letters.add(Letters.letter("telemetry", "arrival-3")))
                    .isInstanceOf(StoreFailed.class)
                    .hasMessage("store: integration [telemetry] has 2 dead letters, dead-letters-max is 2:"
                            + " delete some or allow more");
            letters.add(Letters.letter("telemetry", "arrival-2"));
            letters.add(Letters.letter("alarms", "arrival-3"));
            deleteOne();
            letters.add(Letters.letter("telemetry", "arrival-3"));

            assertThat(letters.count("telemetry")).isEqualTo(2);
            assertThat(letters.count("alarms")).isOne();
        }
    }

    private void deleteOne() throws SQLException {
        try (var connection = AnyStore.connect(kind.at(dir, deadLettersMax));
                var delete = connection.createStatement()) {
            assertThat(delete.executeUpdate("DELETE FROM dead_letters WHERE arrival_id = 'arrival-1'"))
                    .isOne();
        }
    }

    @Test
    void keepsADeadLetterAsItIs() {
        var letter = Letters.letter("telemetry", "arrival-1");
        try (var store = open()) {
            store.deadLetters().add(letter);
        }

        try (var store = open()) {
            assertThat(store.deadLetters().list("telemetry", 10, 0))
                    .singleElement()
                    .satisfies(kept -> {
                        assertThat(kept.times()).isEqualTo(1);
                        assertThat(kept.letter()).usingRecursiveComparison().isEqualTo(letter);
                    });
        }
        assertThat(letter.properties()).isEqualTo("""
                        {"contentType":"application/json","correlationData":"AQID","text":true,"expirySeconds":60,\
                        "user":[{"name":"plant","value":"7"},{"name":"plant","value":"ö \\"8\\""}]}""");
    }

    @Test
    void keepsPayloadsOfAnySize() {
        var large = new byte[5 << 20];
        large[large.length - 1] = 1;
        try (var store = open()) {
            store.deadLetters().add(Letters.letter("telemetry", "large", large));
            store.deadLetters().add(Letters.letter("telemetry", "empty", new byte[0]));

            assertThat(store.deadLetters().list("telemetry", 10, 0))
                    .extracting(kept -> kept.letter().payload())
                    .containsExactly(large, new byte[0]);
        }
    }

    @Test
    void countsAnArrivalThatComesAgainInsteadOfKeepingItTwice() {
        try (var store = open()) {
            store.deadLetters().add(Letters.letter("telemetry", "arrival-1", "first".getBytes(UTF_8)));
            store.deadLetters().add(Letters.letter("telemetry", "arrival-1", "again".getBytes(UTF_8)));
            store.deadLetters().add(Letters.letter("alarms", "arrival-1"));

            assertThat(store.deadLetters().count("telemetry")).isEqualTo(1);
            assertThat(store.deadLetters().count("alarms")).isEqualTo(1);
            assertThat(store.deadLetters().list("telemetry", 10, 0))
                    .singleElement()
                    .satisfies(kept -> {
                        assertThat(kept.times()).isEqualTo(2);
                        assertThat(kept.letter().payload()).isEqualTo("first".getBytes(UTF_8));
                    });
        }
    }

    @Test
    void listsPageByPageOldestFirst() {
        try (var store = open()) {
            IntStream.range(0, 5).forEach(i -> store.deadLetters().add(Letters.letter("telemetry", "arrival-" + i)));

            var first = store.deadLetters().list("telemetry", 3, 0);
            var second =
                    store.deadLetters().list("telemetry", 3, first.getLast().id());

            assertThat(arrivals(first)).containsExactly("arrival-0", "arrival-1", "arrival-2");
            assertThat(arrivals(second)).containsExactly("arrival-3", "arrival-4");
        }
    }

    @Test
    void whatACallReturnedSurvivesAKill() throws Exception {
        int written;
        try (var process = ForkedJvm.start(StoreProcess.class, StoreProcess.arguments(kind.at(dir, deadLettersMax)))) {
            process.await("written 200");
            process.kill();
            written = process.remaining().stream()
                    .filter(line -> line.startsWith("written "))
                    .mapToInt(line -> Integer.parseInt(line.substring("written ".length())))
                    .max()
                    .orElse(200);
        }

        try (var store = open()) {
            assertThat(store.epochs().next("telemetry")).isGreaterThan(written);
            assertThat(arrivals(store.deadLetters().list("telemetry", written, 0)))
                    .containsExactlyElementsOf(IntStream.rangeClosed(1, written)
                            .mapToObj(i -> "arrival-" + i)
                            .toList());
        }
    }

    @Test
    void keepsTextsWithAnyCharacter() {
        var odd = "a\0b ö \uD83D\uDE00 '";
        var letter = Letters.letter("telemetry", "arrival-1", new byte[0], odd);
        try (var store = open()) {
            store.deadLetters().add(letter);

            assertThat(store.deadLetters().list("telemetry", 1, 0))
                    .singleElement()
                    .satisfies(kept -> assertThat(kept.letter().subject().replace('\uFFFD', '\0'))
                            .isEqualTo(odd));
        }
    }

    @Test
    void anInterruptedCallerHarmsNobody() throws Exception {
        try (var store = open()) {
            var stop = new AtomicBoolean();
            var victim = Thread.ofVirtual().start(() -> {
                while (!stop.get()) {
                    try {
                        store.epochs().next("interrupted");
                    } catch (StoreFailed _) {
                        // its own call may fail
                    }
                }
            });

            for (int i = 0; i < 300; i++) {
                victim.interrupt();
                store.deadLetters().add(Letters.letter("telemetry", "other-" + i));
            }
            stop.set(true);
            victim.join();

            assertThat(store.deadLetters().count("telemetry")).isEqualTo(300);
        }
    }

    private Store open() {
        return Store.open(kind.at(dir, deadLettersMax));
    }

    private static List<String> arrivals(List<DeadLetters.Kept> kept) {
        return kept.stream().map(one -> one.letter().arrivalId()).toList();
    }
}
