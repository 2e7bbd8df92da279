package io.sluice.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.node.handover.LaneRule.Lanes;
import io.sluice.node.handover.LaneRule.Standing;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class LaneWaitsTest {
    private static final long SECOND = 1_000_000_000;

    private final TreeMap<String, String> waiting = new TreeMap<>();
    private final List<String> told = new ArrayList<>();
    private final LaneWaits waits = new LaneWaits(waiting, (name, why) -> told.add(name + ": " + why));

    private static SortedMap<String, Optional<Standing>> others(Optional<Standing> word) {
        return new TreeMap<>(Map.of("127.0.0.1:17355#42", word));
    }

    private static Optional<Standing> standing(long applied, long oldest, long begun) {
        return Optional.of(new Standing(applied, Map.of("orders", new Lanes(oldest, begun))));
    }

    private List<String> toldOf(long lanes, Optional<Standing> word) {
        told.clear();
        waits.look("orders", false, lanes, others(word), 0);
        waits.look("orders", true, lanes, others(word), 0);
        waits.look("orders", true, lanes, others(word), 5 * SECOND);
        return told;
    }

    @Test
    void aChangeThatTakesNoTimeIsNotTold() {
        waits.look("orders", true, 7, others(Optional.empty()), 0);
        waits.look("orders", true, 7, others(Optional.empty()), 5 * SECOND - 1);

        assertThat(told).isEmpty();
        assertThat(waiting).isEmpty();
    }

    @Test
    void theNodeAndWhatItDoesIsNamed() {
        assertThat(toldOf(7, Optional.empty()))
                .containsExactly("orders: node 127.0.0.1:17355 has not said how it stands");
        assertThat(toldOf(7, standing(5, 5, 5)))
                .containsExactly("orders: node 127.0.0.1:17355 follows version 5 of the catalog, expected 7");
        assertThat(toldOf(7, standing(7, 5, 5)))
                .containsExactly("orders: node 127.0.0.1:17355 still has version 5 of it, expected 7: not all of"
                        + " that is delivered, or its log says why it cannot follow");
        assertThat(toldOf(7, standing(9, -1, 8)))
                .containsExactly("orders: node 127.0.0.1:17355 went on to version 8 of it, expected 7");
    }

    @Test
    void aDefinitionInTwoPlacesIsNamedSo() {
        assertThat(toldOf(7, standing(7, 0, 0)))
                .containsExactly("orders: node 127.0.0.1:17355 has it in a file, this one in the catalog (version 7):"
                        + " define it in one place on all nodes");
        assertThat(toldOf(0, standing(7, 7, 7)))
                .containsExactly("orders: node 127.0.0.1:17355 has it in the catalog (version 7), this one in a file:"
                        + " define it in one place on all nodes");
    }

    @Test
    void itIsToldOnceAndForgottenWhenItGoesOn() {
        toldOf(7, standing(7, 5, 5));
        waits.look("orders", true, 7, others(standing(7, 5, 5)), 6 * SECOND);
        assertThat(told).hasSize(1);
        assertThat(waiting).containsOnlyKeys("orders");

        waits.look("orders", false, 7, others(standing(7, 7, 7)), 7 * SECOND);
        assertThat(waiting).isEmpty();
    }
}
