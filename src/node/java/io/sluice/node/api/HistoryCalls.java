package io.sluice.node.api;

import io.sluice.node.http.Answer;
import io.sluice.node.http.Call;
import io.sluice.node.http.ErrorCode;
import io.sluice.node.http.Handler;
import io.sluice.node.http.Problem;
import io.sluice.node.observe.IntegrationEvent;
import io.sluice.node.observe.IntegrationEvent.OfMessage;
import io.sluice.node.store.Events;
import io.sluice.node.store.Statistics;
import io.sluice.node.store.Store;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// What happened to an integration, and what went through it.
final class HistoryCalls {
    private static final int POINTS_MAX = 1_500;
    private static final Duration USUAL = Duration.ofHours(1);

    private record ShownEvent(
            long id,
            Instant at,
            String node,
            String integration,
            Optional<Integer> task,
            String kind,
            String what,
            String message,
            Optional<String> topic,
            Optional<String> clientId,
            Optional<String> subject,
            Optional<String> arrivalId,
            Optional<Integer> partition,
            Optional<Long> offset) {

        static ShownEvent of(Events.Kept kept) {
            var event = kept.event();
            var about = event.about();
            return new ShownEvent(
                    kept.id(),
                    event.at(),
                    event.node(),
                    event.integration(),
                    event.task() == IntegrationEvent.NO_TASK ? Optional.empty() : Optional.of(event.task()),
                    event.kind().name().toLowerCase(Locale.ROOT),
                    event.what(),
                    event.message(),
                    about.map(OfMessage::topic),
                    about.map(OfMessage::clientId),
                    about.map(OfMessage::subject),
                    about.map(OfMessage::arrivalId),
                    about.flatMap(
                            message -> message.partition().stream().boxed().findFirst()),
                    about.flatMap(message -> message.offset().stream().boxed().findFirst()));
        }
    }

    private record EventPage(List<ShownEvent> items, Optional<Long> next) {}

    private record ShownPoint(
            Instant at,
            long messages,
            long bytes,
            long delivered,
            long queued,
            long parked,
            long discarded,
            long failures,
            long resends,
            double lagSecondsMax,
            long p50Micros,
            long p95Micros,
            long p99Micros,
            long maxMicros) {

        static ShownPoint of(Statistics.Point point) {
            var sums = point.sums();
            return new ShownPoint(
                    point.at(),
                    sums.routed(),
                    sums.routedBytes(),
                    sums.delivered(),
                    sums.queued(),
                    sums.parked(),
                    sums.discarded(),
                    sums.failures(),
                    sums.resends(),
                    point.lagMillisMax() / 1000.0,
                    point.latencyMicrosP50(),
                    point.latencyMicrosP95(),
                    point.latencyMicrosP99(),
                    point.latencyMicrosMax());
        }
    }

    private record Series(String integration, long stepMinutes, List<ShownPoint> points) {}

    private final Store store;
    private final IntegrationCalls integrations;
    private final Clock clock;

    HistoryCalls(Store store, IntegrationCalls integrations, Clock clock) {
        this.store = store;
        this.integrations = integrations;
        this.clock = clock;
    }

    Map<String, Handler> handlers() {
        return Map.of(
                "listEvents", this::events,
                "clearEvents", this::clear,
                "getStatistics", this::statistics);
    }

    private Answer events(Call call) {
        var size = call.number("size").orElseThrow().intValue();
        var query = new Events.Query(
                Optional.of(integrations.find(call.name("name")).name()),
                kind(call),
                moment(call, "from"),
                moment(call, "to"),
                call.text("search").orElse(""),
                call.number("before").orElse(Long.MAX_VALUE),
                size);
        var found = store.events().find(query).stream().map(ShownEvent::of).toList();
        return Answer.ok(new EventPage(
                found,
                found.size() < size
                        ? Optional.empty()
                        : Optional.of(found.getLast().id())));
    }

    private Answer clear(Call call) {
        var name = integrations.find(call.name("name")).name();
        var count = kind(call)
                .map(kind -> store.events().clear(name, kind))
                .orElseGet(() -> store.events().clear(name));
        return Answer.ok(Map.of("count", count));
    }

    private Answer statistics(Call call) {
        var name = integrations.find(call.name("name")).name();
        var step = Duration.ofMinutes(call.number("step").orElseThrow());
        var to = moment(call, "to").orElseGet(clock::instant);
        var from = moment(call, "from").orElseGet(() -> to.minus(USUAL));
        if (!from.isBefore(to) || Duration.between(from, to).dividedBy(step) > POINTS_MAX) {
            throw Problem.of(
                    ErrorCode.INVALID_REQUEST,
                    "from, to: expected at most %d steps of %d min between them, was %s to %s"
                            .formatted(POINTS_MAX, step.toMinutes(), from, to));
        }
        var points = store.statistics().series(name, from, to, step).stream()
                .map(ShownPoint::of)
                .toList();
        return Answer.ok(new Series(name, step.toMinutes(), points));
    }

    private static Optional<IntegrationEvent.Kind> kind(Call call) {
        return call.text("kind").map(word -> IntegrationEvent.Kind.valueOf(word.toUpperCase(Locale.ROOT)));
    }

    /// A moment of the query.
    static Optional<Instant> moment(Call call, String parameter) {
        return call.text(parameter).map(text -> Moments.of("query parameter " + parameter, text));
    }
}
