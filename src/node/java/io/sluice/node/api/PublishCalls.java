package io.sluice.node.api;

import io.sluice.node.event.Arrival;
import io.sluice.node.http.Answer;
import io.sluice.node.http.Call;
import io.sluice.node.http.ErrorCode;
import io.sluice.node.http.Handler;
import io.sluice.node.http.Problem;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;

/// Publishing over HTTP.
final class PublishCalls {
    private final HttpArrivals arrivals;
    private final HttpIngress ingress;
    private final Clock clock;

    PublishCalls(HttpArrivals arrivals, HttpIngress ingress, Clock clock) {
        this.arrivals = arrivals;
        this.ingress = ingress;
        this.clock = clock;
    }

    Map<String, Handler> handlers() {
        return Map.of(
                "publishMessage",
                call -> publish(call, request -> List.of(arrivals.message(call.name("topic"), request))),
                "publishEvents",
                call -> publish(call, arrivals::events));
    }

    private Answer publish(Call call, Function<HttpArrivals.Request, List<Arrival>> reading) {
        try {
            return answer(ingress.publish(reading.apply(request(call)))
                    .toCompletableFuture()
                    .get());
        } catch (IllegalArgumentException e) {
            throw Problem.of(ErrorCode.INVALID_REQUEST, String.valueOf(e.getMessage()));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw Problem.of(ErrorCode.NOT_SAFE_YET, "expected it to be safe, but the node stops");
        } catch (ExecutionException e) {
            throw new IllegalStateException("publishing failed", e);
        }
    }

    private HttpArrivals.Request request(Call call) {
        var headers = new ArrayList<HttpHeader>();
        call.headers().forEach((name, values) -> values.forEach(value -> headers.add(new HttpHeader(name, value))));
        return new HttpArrivals.Request(call.caller().name(), call.contentType(), headers, call.body(), clock.millis());
    }

    private static Answer answer(HttpIngress.Outcome outcome) {
        return switch (outcome) {
            case HttpIngress.Safe(var integrations) -> Answer.ok(Map.of("integrations", integrations));
            case HttpIngress.NoRoute _ -> Answer.ok(Map.of("integrations", 0));
            case HttpIngress.Busy(var retryAfter) -> throw busy(retryAfter);
            case HttpIngress.TimedOut _ ->
                throw Problem.of(
                        ErrorCode.NOT_SAFE_YET,
                        "expected it to be safe within sluice.api.ingress.timeout, was not; send it again under the same id");
        };
    }

    private static Problem busy(Duration retryAfter) {
        return Problem.later(
                ErrorCode.OVERLOADED,
                "expected room for it, but too much is under way to the same integrations; nothing of it was taken",
                retryAfter);
    }
}
