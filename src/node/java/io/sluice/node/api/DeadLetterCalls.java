package io.sluice.node.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.node.http.Answer;
import io.sluice.node.http.Call;
import io.sluice.node.http.ErrorCode;
import io.sluice.node.http.Handler;
import io.sluice.node.http.Json;
import io.sluice.node.http.Problem;
import io.sluice.node.store.DeadLetterQuery;
import io.sluice.node.store.DeadLetters;
import io.sluice.node.store.DeadLetters.Kept;
import io.sluice.node.store.StoreFailed;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;

/// Dead letters: look at them, send them again, throw them away.
final class DeadLetterCalls {
    private record Shown(
            long id,
            int times,
            String integration,
            int task,
            String arrivalId,
            String topic,
            String clientId,
            String username,
            int qos,
            boolean retain,
            String subject,
            String reason,
            String error,
            Instant receivedAt,
            Instant parkedAt,
            int bytes,
            Optional<JsonNode> properties,
            Optional<String> payload,
            Optional<String> payloadBase64) {

        static Shown of(Kept kept, boolean whole) {
            var letter = kept.letter();
            var payload = whole
                    ? io.sluice.node.api.Shown.of(letter.payload())
                    : new io.sluice.node.api.Shown(Optional.empty(), Optional.empty());
            return new Shown(
                    kept.id(),
                    kept.times(),
                    letter.integration(),
                    letter.task(),
                    letter.arrivalId(),
                    letter.topic(),
                    letter.clientId(),
                    letter.username(),
                    letter.qos(),
                    letter.retain(),
                    letter.subject(),
                    letter.reason(),
                    letter.error(),
                    letter.receivedAt(),
                    letter.parkedAt(),
                    letter.payload().length,
                    whole ? Optional.of(Json.of(letter.properties())) : Optional.empty(),
                    payload.text(),
                    payload.base64());
        }
    }

    /// From then on no further integration is begun.
    static final Duration REPLAY_LIMIT = Duration.ofMinutes(2);

    private record Page(List<Shown> items, Optional<Long> next, long total) {}

    private record Replayed(long replayed, long parkedAgain, long left, Optional<String> problem) {}

    private final DeadLetters letters;
    private final Replay replay;
    private final IntegrationCalls integrations;

    DeadLetterCalls(DeadLetters letters, Replay replay, IntegrationCalls integrations) {
        this.letters = letters;
        this.replay = replay;
        this.integrations = integrations;
    }

    Map<String, Handler> handlers() {
        return Map.of(
                "listDeadLetters", this::list,
                "getDeadLetter", call -> Answer.ok(Shown.of(kept(call), true)),
                "discardDeadLetter", this::discard,
                "discardDeadLetters", this::discardAll,
                "replayDeadLetters", this::replayAll);
    }

    private Answer list(Call call) {
        var all = new DeadLetterQuery(
                call.text("integration"),
                call.text("reason"),
                call.text("topic"),
                call.text("clientId"),
                call.text("subject"),
                HistoryCalls.moment(call, "from"),
                HistoryCalls.moment(call, "to"),
                0,
                Long.MAX_VALUE,
                Optional.empty());
        var behind = call.number("before").map(all::before).orElse(all);
        var page = letters.find(
                behind,
                DeadLetters.Order.NEWEST_FIRST,
                call.number("size").orElseThrow().intValue());
        var found = page.letters().stream().map(kept -> Shown.of(kept, false)).toList();
        var next = page.more() && !found.isEmpty() ? Optional.of(found.getLast().id()) : Optional.<Long>empty();
        return Answer.ok(new Page(found, next, letters.count(all)));
    }

    private Answer discard(Call call) {
        letters.delete(List.of(kept(call).id()));
        return Answer.noContent();
    }

    private Answer discardAll(Call call) {
        return Answer.ok(Map.of("count", letters.deleteAll(selected(call.json()))));
    }

    /// One integration after the other; one that cannot take them keeps no other from it.
    private Answer replayAll(Call call) {
        var selected = selected(call.json());
        long replayed = 0;
        long parkedAgain = 0;
        long left = 0;
        var problems = new ArrayList<String>();
        var until = System.nanoTime() + REPLAY_LIMIT.toNanos();
        for (var name : named(selected)) {
            if (System.nanoTime() - until > 0) {
                left += letters.count(selected.ofIntegration(name));
                continue;
            }
            var outcome = outcome(selected.ofIntegration(name));
            replayed += outcome.replayed();
            parkedAgain += outcome.parkedAgain();
            left += outcome.left();
            if (!outcome.reason().isEmpty()) {
                problems.add("integration [%s]: %s".formatted(name, outcome.reason()));
            }
        }
        return Answer.ok(new Replayed(
                replayed,
                parkedAgain,
                left,
                problems.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", problems))));
    }

    private Iterable<String> named(DeadLetterQuery selected) {
        if (selected.integration().isPresent()) {
            return List.of(selected.integration().get());
        }
        if (selected.ids().isPresent()) {
            var names = new TreeSet<String>();
            selected.ids()
                    .get()
                    .forEach(id -> letters.get(id)
                            .ifPresent(kept -> names.add(kept.letter().integration())));
            return names;
        }
        return new TreeMap<>(integrations.all()).keySet();
    }

    private Replay.Outcome outcome(DeadLetterQuery query) {
        try {
            return replay.replay(query).toCompletableFuture().get();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return new Replay.Outcome(0, 0, 0, "the node stops");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StoreFailed failed) {
                throw failed;
            }
            throw new IllegalStateException("replay failed", e);
        }
    }

    private static DeadLetterQuery selected(JsonNode selection) {
        var hasIds = selection.has("ids");
        var narrows = selection.size() > (hasIds ? 1 : 0) + (selection.has("all") ? 1 : 0);
        if (hasIds == (narrows || selection.has("all"))) {
            throw Problem.of(
                    ErrorCode.INVALID_REQUEST,
                    "body: expected either ids, or what describes the dead letters, or all; was %s"
                            .formatted(hasIds ? "both" : "neither"));
        }
        var ids = new ArrayList<Long>();
        selection.path("ids").forEach(id -> ids.add(id.asLong()));
        return new DeadLetterQuery(
                text(selection, "integration"),
                text(selection, "reason"),
                text(selection, "topic"),
                text(selection, "clientId"),
                text(selection, "subject"),
                text(selection, "from").map(moment -> Moments.of("from", moment)),
                text(selection, "to").map(moment -> Moments.of("to", moment)),
                0,
                Long.MAX_VALUE,
                hasIds ? Optional.of(ids) : Optional.empty());
    }

    private static Optional<String> text(JsonNode selection, String key) {
        return selection.has(key) ? Optional.of(selection.path(key).asText()) : Optional.empty();
    }

    private Kept kept(Call call) {
        var id = Long.parseLong(call.name("id"));
        return letters.get(id)
                .orElseThrow(
                        () -> Problem.of(ErrorCode.ABSENT, "dead letter [%d]: expected one, was none".formatted(id)));
    }
}
