package io.sluice.node.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WindowTest {
    private final Window window = new Window();
    private final List<String> left = new ArrayList<>();

    private long enter(String name) {
        return window.enter(() -> left.add(name), 1, 0);
    }

    private void settle() {
        window.settle((acknowledge, _, _) -> {
            if (acknowledge == null) {
                left.add("unasked");
            } else {
                acknowledge.run();
            }
        });
    }

    @Test
    void acknowledgesInOrderOfReceipt() {
        var first = enter("first");
        var second = enter("second");
        window.expect(first, 1);
        window.expect(second, 1);

        window.safe(second);
        settle();
        assertThat(left).isEmpty();

        window.safe(first);
        settle();
        assertThat(left).containsExactly("first", "second");
        assertThat(window.isEmpty()).isTrue();
    }

    @Test
    void waitsForEveryIntegrationAlsoWhereOneIsQuick() {
        var message = enter("message");
        window.safe(message);
        settle();
        assertThat(left).as("how many take it is not known").isEmpty();

        window.expect(message, 2);
        settle();
        assertThat(left).isEmpty();

        window.safe(message);
        settle();
        assertThat(left).containsExactly("message");
    }

    @Test
    void keepsNobodyWaitingForQosZero() {
        var unasked = window.enter(null, 1, 0);
        var asked = enter("asked");
        window.expect(unasked, 1);
        window.expect(asked, 0);
        settle();
        assertThat(left).containsExactly("asked");
        assertThat(window.isEmpty()).isFalse();

        window.safe(unasked);
        settle();
        assertThat(left).containsExactly("asked", "unasked");
        assertThat(window.isEmpty()).isTrue();
    }

    @Test
    void noticesWhatIsSettledTooOften() {
        var message = enter("message");
        window.expect(message, 1);
        window.safe(message);

        assertThatThrownBy(() -> window.safe(message)).hasMessageContaining("settled too often");
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void letsOutAllInOrderHoweverTheyBecomeSafe(long seed) {
        var random = new Random(seed);
        var waiting = new ArrayList<Long>();
        var expected = new ArrayList<String>();
        for (int i = 0; i < 5_000; i++) {
            if (waiting.size() < 100 && random.nextBoolean()) {
                var name = "message " + i;
                expected.add(name);
                var sequence = enter(name);
                var integrations = random.nextInt(3);
                window.expect(sequence, integrations);
                for (int k = 0; k < integrations; k++) {
                    waiting.add(sequence);
                }
            } else if (!waiting.isEmpty()) {
                window.safe(waiting.remove(random.nextInt(waiting.size())));
            }
            settle();
        }
        waiting.forEach(window::safe);
        settle();

        assertThat(left).as("seed " + seed).isEqualTo(expected);
        assertThat(window.isEmpty()).isTrue();
    }
}
