package io.sluice.node.catalog;

import static io.sluice.node.catalog.Kind.INTEGRATION;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.node.catalog.Change.Absent;
import io.sluice.node.catalog.Change.Anything;
import io.sluice.node.catalog.Change.At;
import io.sluice.node.catalog.Change.Put;
import io.sluice.node.catalog.Change.Remove;
import io.sluice.node.store.AnyStore;
import io.sluice.node.store.Store;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// The catalog in real clusters of one and two, on either real data base.
@ParameterizedClass
@EnumSource
@SuppressWarnings("NullAway.Init")
class CatalogTest {
    private static final Key ONE = new Key(INTEGRATION, "one");
    private static final Key TWO = new Key(INTEGRATION, "two");

    @Parameter
    private AnyStore kind;

    @TempDir
    private Path dir;

    private Store store;

    @BeforeEach
    void open() {
        store = Store.open(kind.at(dir, 1));
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void tellsANodeEachVersionWholeAndInOrder() throws Exception {
        try (var node = alone()) {
            assertThat(node.awaitSeen(0).entries()).isEmpty();

            assertThat(node.make(put(ONE, "a"))).isEqualTo(made(1, new Entry(ONE, "a", 1, 1, "ann", CatalogNode.NOON)));
            assertThat(node.make(put(ONE, "b"), put(TWO, "c"))).isInstanceOf(Catalog.Made.class);
            assertThat(node.make(new Remove(ONE, new Anything()))).isEqualTo(made(4));

            assertThat(node.awaitSeen(4).entries()).containsOnlyKeys(TWO);
            assertThat(node.seen)
                    .extracting(CatalogState::version)
                    .isSortedAccordingTo(Comparator.naturalOrder())
                    .doesNotHaveDuplicates();
        }
    }

    @Test
    void keepsAllOverARestart() throws Exception {
        try (var node = alone()) {
            for (int i = 1; i <= 10; i++) {
                node.make(put(ONE, "version " + i));
            }
            node.make(put(TWO, "other"));
        }

        try (var node = alone()) {
            var state = node.awaitSeen(11);

            assertThat(state.find(ONE)).map(Entry::definition).contains("version 10");
            assertThat(state.find(TWO)).map(Entry::version).contains(11L);
            assertThat(node.make(put(TWO, "late", new At(10)))).isInstanceOf(Catalog.Refused.class);
        }
    }

    @Test
    void letsOneOfManyWinThatChangeTheSame() throws Exception {
        try (var node = alone()) {
            node.make(put(ONE, "first"));

            var answers = IntStream.range(0, 20)
                    .mapToObj(i -> node.ask(CatalogNode.LIMIT, put(ONE, "writer " + i, new At(1)))
                            .toCompletableFuture())
                    .toList();

            CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
            assertThat(answers.stream().filter(answer -> answer.resultNow() instanceof Catalog.Made))
                    .hasSize(1);
            assertThat(node.awaitSeen(2).version()).isEqualTo(2);
        }
    }

    @Test
    void goesOnElsewhereWhenItsNodeLeaves() throws Exception {
        var first = alone();
        try (var second = new CatalogNode(store.journal(), Optional.of(first))) {
            second.make(put(ONE, "a", new Absent()));
            assertThat(first.awaitSeen(1).find(ONE)).isPresent();
            assertThat(second.awaitSeen(1)).isEqualTo(first.awaitSeen(1));

            first.close();

            assertThat(second.make(put(TWO, "b", new Absent()))).isInstanceOf(Catalog.Made.class);
            assertThat(second.make(put(ONE, "c", new At(1)))).isInstanceOf(Catalog.Made.class);
            assertThat(second.awaitSeen(3).entries()).containsOnlyKeys(ONE, TWO);
        }
    }

    @Test
    void tellsANodeThatJoinsLater() throws Exception {
        try (var first = alone()) {
            for (int i = 0; i < 300; i++) {
                first.make(put(new Key(INTEGRATION, "i-" + i), "x".repeat(1_000)));
            }
            try (var second = new CatalogNode(store.journal(), Optional.of(first))) {
                assertThat(second.awaitSeen(300).entries()).hasSize(300);
            }
        }
    }

    /// Both the change and its answer are larger than an ordinary message between nodes may be, and so is the bucket
    /// that a node is told that joins later.
    @Test
    void takesLargeChangesThroughAnyNode() throws Exception {
        var bucket = Buckets.of(new Key(INTEGRATION, "i-0"));
        var changes = IntStream.iterate(0, i -> i + 1)
                .mapToObj(i -> new Key(INTEGRATION, "i-" + i))
                .filter(key -> Buckets.of(key) == bucket)
                .limit(8)
                .map(key -> (Change) put(key, "x".repeat(60_000)))
                .toArray(Change[]::new);
        try (var first = alone();
                var second = new CatalogNode(store.journal(), Optional.of(first))) {
            assertThat(second.make(changes)).isInstanceOf(Catalog.Made.class);
            assertThat(first.awaitSeen(8).entries()).hasSize(8);
            assertThat(second.awaitSeen(8).entries()).hasSize(8);

            try (var third = new CatalogNode(store.journal(), Optional.of(first))) {
                assertThat(third.awaitSeen(8).entries()).hasSize(8);
            }
        }
    }

    @Test
    void saysNothingOfWhatIsAsItWas() throws Exception {
        try (var node = alone()) {
            node.make(put(ONE, "a"));
            node.awaitSeen(1);

            assertThat(node.make(put(ONE, "a"))).isEqualTo(made(1, new Entry(ONE, "a", 1, 1, "ann", CatalogNode.NOON)));
            assertThat(node.make(put(ONE, "b"))).isInstanceOf(Catalog.Made.class);

            node.awaitSeen(2);
            assertThat(node.seen).extracting(CatalogState::version).doesNotHaveDuplicates();
        }
    }

    private CatalogNode alone() {
        return new CatalogNode(store.journal(), Optional.empty());
    }

    private static Put put(Key key, String definition) {
        return put(key, definition, new Anything());
    }

    private static Put put(Key key, String definition, Change.Expected expected) {
        return new Put(key, definition, expected);
    }

    private static Catalog.Made made(long version, Entry... entries) {
        return new Catalog.Made(version, List.of(entries));
    }
}
