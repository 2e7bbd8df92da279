package io.sluice.node.api;

import io.sluice.node.access.Denied;
import io.sluice.node.access.Gate;
import io.sluice.node.access.Scope;
import io.sluice.node.http.Answer;
import io.sluice.node.http.Call;
import io.sluice.node.http.ErrorCode;
import io.sluice.node.http.Handler;
import io.sluice.node.http.Problem;
import io.sluice.node.route.SplitFilter;
import io.sluice.node.store.StoreFailed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Live messages.
final class TailCalls {
    private static final Logger log = LoggerFactory.getLogger(TailCalls.class);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(10);

    private final Tails tails;
    private final Gate gate;

    TailCalls(Tails tails, Gate gate) {
        this.tails = tails;
        this.gate = gate;
    }

    Map<String, Handler> handlers() {
        return Map.of("tailMessages", this::tail);
    }

    private Answer tail(Call call) {
        var filters = filters(call.texts("filter"));
        if (!tails.hasRoom()) {
            throw Problem.later(
                    ErrorCode.BUSY, "expected fewer tails at a time; see sluice.api.tail.viewers-max", RETRY_AFTER);
        }
        var shown = new Gate.Shown(call.header("authorization"), call.sessionCookie(), Optional.empty(), false);
        return Answer.stream("text/event-stream", tails.source(filters, () -> mayStill(shown)))
                .header("X-Accel-Buffering", "no"); // or nginx would hand it on when it ends
    }

    private boolean mayStill(Gate.Shown shown) {
        try {
            return gate.identify(shown).may(Scope.VIEW);
        } catch (Denied | StoreFailed e) {
            log.debug("a tail ends: {}", e.getMessage());
            return false;
        }
    }

    private static List<SplitFilter> filters(List<String> texts) {
        var filters = new ArrayList<SplitFilter>();
        var problems = new ArrayList<String>();
        for (var text : texts) {
            try {
                filters.add(SplitFilter.of(text));
            } catch (IllegalArgumentException e) {
                problems.add("query parameter filter: " + e.getMessage());
            }
        }
        if (!problems.isEmpty()) {
            throw Problem.of(ErrorCode.INVALID_REQUEST, problems.getFirst(), problems);
        }
        return filters;
    }
}
