package io.sluice.node.live;

import io.micrometer.core.instrument.Counter;
import io.sluice.node.event.Arrival;
import io.sluice.node.route.SplitFilter;
import java.util.List;
import java.util.Optional;

/// What a viewer wants to see. It is told apart by itself, not by what it holds.
public final class Subscription {
    private final List<SplitFilter> filters;
    private final Viewer viewer;
    private final Optional<Object> notOf;
    private final Counts counts;

    /// Messages shown, and those dropped.
    public record Counts(Counter sent, Counter dropped) {}

    private Subscription(List<SplitFilter> filters, Viewer viewer, Optional<Object> notOf, Counts counts) {
        this.filters = List.copyOf(filters);
        this.viewer = viewer;
        this.notOf = notOf;
        this.counts = counts;
    }

    /// @param filters what matches one of them is shown; what matches several is shown once
    public static Subscription of(List<SplitFilter> filters, Viewer viewer, Counts counts) {
        return new Subscription(filters, viewer, Optional.empty(), counts);
    }

    /// The same without what this publisher sends.
    public Subscription without(Object publisher) {
        return new Subscription(filters, viewer, Optional.of(publisher), counts);
    }

    List<SplitFilter> filters() {
        return filters;
    }

    /// Shows a message that one of the filters matches, unless an earlier one matches it, too.
    ///
    /// @param filter    index of the filter
    /// @param topic     levels of the message's topic
    /// @param publisher who sent it, or whatever stands for it
    void show(int filter, List<String> topic, Arrival arrival, String node, Object publisher) {
        if (notOf.isPresent() && notOf.get().equals(publisher)) {
            return;
        }
        for (int i = 0; i < filter; i++) {
            if (filters.get(i).matches(topic)) {
                return;
            }
        }
        (viewer.show(arrival, node) ? counts.sent : counts.dropped).increment();
    }
}
