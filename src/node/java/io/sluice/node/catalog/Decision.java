package io.sluice.node.catalog;

import java.util.List;

/// What comes of changes that were asked for together: all of them, or none.
sealed interface Decision {
    /// @param events in their order; none for what already is as asked
    record Accepted(List<Changed> events) implements Decision {
        public Accepted {
            events = List.copyOf(events);
        }
    }

    /// @param refusals one or more
    record Refused(List<Refusal> refusals) implements Decision {
        public Refused {
            refusals = List.copyOf(refusals);
        }
    }
}
