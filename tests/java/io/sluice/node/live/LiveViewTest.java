package io.sluice.node.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.node.event.Arrival;
import io.sluice.node.event.Properties;
import io.sluice.node.route.SplitFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LiveViewTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Subscription.Counts counts =
            new Subscription.Counts(registry.counter("sent"), registry.counter("dropped"));
    private final LiveView live = new LiveView();

    static Arrival anArrival(String topic) {
        return new Arrival(
                topic, topic, new byte[10], 1, false, false, "device", "", "", 1_700_000_000_000L, Properties.NONE);
    }

    private Subscription watching(List<String> seen, String... filters) {
        var subscription = Subscription.of(
                Stream.of(filters).map(SplitFilter::of).toList(), (arrival, _) -> seen.add(arrival.topic()), counts);
        live.add(subscription);
        return subscription;
    }

    private void show(String... topics) {
        Stream.of(topics).map(LiveViewTest::anArrival).forEach(live::show);
    }

    @Test
    void showsWhatAFilterMatches() {
        var exact = new ArrayList<String>();
        var plus = new ArrayList<String>();
        var below = new ArrayList<String>();
        var all = new ArrayList<String>();
        watching(exact, "a/b");
        watching(plus, "+/b/+");
        watching(below, "a/#");
        watching(all, "#");

        show("a", "a/b", "a/b/c", "b/b/", "$a/b");

        assertThat(exact).containsExactly("a/b");
        assertThat(plus).containsExactly("a/b/c", "b/b/");
        assertThat(below).containsExactly("a", "a/b", "a/b/c");
        assertThat(all).containsExactly("a", "a/b", "a/b/c", "b/b/");
        assertThat(registry.counter("sent").count()).isEqualTo(10);
    }

    @Test
    void showsOnceWhatSeveralFiltersOfASubscriptionMatch() {
        var seen = new ArrayList<String>();
        watching(seen, "a/+", "+/b", "a/b", "#");

        show("a/b", "a/c", "c/b", "d");

        assertThat(seen).containsExactly("a/b", "a/c", "c/b", "d");
    }

    @Test
    void showsNothingOfAPublisherThatIsLeftOut() {
        var seen = new ArrayList<String>();
        var own = new Object();
        live.add(Subscription.of(List.of(SplitFilter.of("#")), (arrival, _) -> seen.add(arrival.topic()), counts)
                .without(own));

        live.show(anArrival("own"), own);
        live.show(anArrival("other"), new Object());
        live.show(anArrival("nobody's"));

        assertThat(seen).containsExactly("other", "nobody's");
    }

    @Test
    void forgetsWhatIsRemovedAndNothingElse() {
        var gone = new ArrayList<String>();
        var stays = new ArrayList<String>();
        var subscription = watching(gone, "a/b/#", "a/+");
        watching(stays, "a/b/#");

        live.remove(subscription);
        live.remove(subscription);
        show("a/b", "a/b/c");

        assertThat(gone).isEmpty();
        assertThat(stays).containsExactly("a/b", "a/b/c");
    }

    @Test
    void countsWhatAViewerDoesNotTake() {
        live.add(Subscription.of(List.of(SplitFilter.of("#")), (_, _) -> false, counts));

        show("a");

        assertThat(registry.counter("dropped").count()).isEqualTo(1);
        assertThat(registry.counter("sent").count()).isZero();
    }

    @Test
    void saysWhichNodeReceivedIt() {
        var nodes = new ArrayList<String>();
        live.named("one:7350");
        live.add(Subscription.of(List.of(SplitFilter.of("#")), (_, node) -> nodes.add(node), counts));

        show("a");

        assertThat(nodes).containsExactly("one:7350");
    }

    @Test
    void tellsOthersWhatIsWatchedAndNotTooMuch() {
        var changes = new int[1];
        live.onChange(() -> changes[0]++);
        var seen = new ArrayList<String>();
        var one = watching(seen, "a", "b/#");
        var same = watching(seen, "a");
        assertThat(live.watched()).containsExactly("a", "b/#");
        assertThat(changes).containsExactly(1);

        live.remove(one);
        assertThat(live.watched()).containsExactly("a");
        watching(seen, "$SYS/x");
        var all = watching(seen, "#");
        assertThat(live.watched()).containsExactly("#", "$SYS/x");
        live.remove(all);
        live.remove(same);
        assertThat(live.watched()).containsExactly("$SYS/x");

        for (int i = 0; i < LiveView.FILTERS_MAX; i++) {
            watching(seen, "many/" + i);
        }
        assertThat(live.watched()).containsExactly("#", "$SYS/x");
        for (int i = 0; i < LiveView.FILTERS_MAX; i++) {
            watching(seen, "$many/" + i);
        }
        assertThat(live.watched()).hasSize(LiveView.FILTERS_MAX).contains("#");
    }
}
