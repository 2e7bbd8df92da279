package io.sluice.node.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.node.store.QueuePlaces.Row;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Where queues are is known after a restart, on either data base.
@ParameterizedClass
@EnumSource(AnyStore.class)
@SuppressWarnings("NullAway.Init")
class QueuePlacesTest {
    @Parameter
    private AnyStore kind;

    @TempDir
    private Path dir;

    private Store store;

    @BeforeEach
    void open() {
        store = Store.open(kind.at(dir, 1_000));
    }

    @AfterEach
    void close() {
        store.close();
    }

    private static Row row(String broker, long lanes, String distribution, long turn) {
        return new Row("one", broker, "queue.one", lanes, distribution, turn);
    }

    @Test
    void keepsEachPlaceOnceAndInItsTurn() {
        store.queues().keep(row("z", 10, "2-0", 0));
        store.queues().keep(row("a", 20, "4-0", 0));
        store.queues().keep(row("z", 30, "7-0", 0));
        store.queues().keep(new Row("two", "z", "queue.two", 5, "1-0", 0));
        store.close();
        open();

        assertThat(store.queues().of("one")).containsExactly(row("z", 30, "7-0", 1), row("a", 20, "4-0", 2));
        assertThat(store.queues().all()).hasSize(3);
    }

    @Test
    void movesAPlaceBehindAllOthers() {
        store.queues().keep(row("a", 0, "2-0", 0));
        store.queues().keep(row("b", 0, "2-0", 0));

        store.queues().renew(row("a", 0, "2-0", 0));

        assertThat(store.queues().of("one")).containsExactly(row("b", 0, "2-0", 2), row("a", 0, "2-0", 3));
    }

    @Test
    void forgetsAPlaceUnlessNewerLanesAreThere() {
        store.queues().keep(row("a", 10, "2-0", 0));
        var seen = store.queues().of("one").getFirst();
        store.queues().keep(row("a", 20, "4-0", 0));

        store.queues().forget(seen);
        assertThat(store.queues().of("one")).hasSize(1);

        store.queues().forget(row("a", 20, "4-0", 1));
        assertThat(store.queues().of("one")).isEmpty();
    }
}
