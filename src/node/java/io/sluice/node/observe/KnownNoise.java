package io.sluice.node.observe;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;

/// Drops warnings of libraries that mean nothing and come from loggers whose other lines are needed.
public final class KnownNoise extends Filter<ILoggingEvent> {
    /// Kafka's controller closes one of its clients twice at every stop.
    private static final String CLOSED_TWICE = "Attempting to close NetworkClient that has already been closed.";

    @Override
    public FilterReply decide(ILoggingEvent event) {
        return event.getFormattedMessage().endsWith(CLOSED_TWICE) ? FilterReply.DENY : FilterReply.NEUTRAL;
    }
}
