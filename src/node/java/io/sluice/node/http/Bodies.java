package io.sluice.node.http;

import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.scaladsl.model.EntityStreamException;
import org.apache.pekko.stream.Materializer;

/// Reads bodies of requests into memory: each within its limit, all together within theirs, in bounded time.
final class Bodies {
    private static final int PERMIT_BYTES = 1 << 10;

    /// One body; what it takes is given back when it is closed.
    record Body(byte[] bytes, Semaphore room, int permits) implements AutoCloseable {
        @Override
        public void close() {
            room.release(permits);
        }
    }

    private final long bytesMax;
    private final Duration timeout;
    private final Semaphore room;
    private final Materializer materializer;

    Bodies(HttpSettings settings, Materializer materializer) {
        this.bytesMax = settings.requestMax();
        this.timeout = settings.requestTimeout();
        this.room = new Semaphore(permits(settings.requestsBytes()));
        this.materializer = materializer;
    }

    /// Blocks until the body is there.
    ///
    /// @throws Problem if it is too long, too slow, or one too many
    Body read(HttpRequest request) {
        var entity = request.entity();
        var announced = entity.getContentLengthOption();
        if (announced.orElse(0) > bytesMax) {
            throw tooLarge(announced.getAsLong() + " bytes");
        }
        var permits = entity.isKnownEmpty() ? 0 : permits(announced.orElse(bytesMax));
        if (!room.tryAcquire(permits)) {
            throw Problem.later(
                    ErrorCode.BUSY, "body: expected room for it, but others take it all", Duration.ofSeconds(1));
        }
        try {
            return new Body(bytes(request), room, permits);
        } catch (RuntimeException e) {
            room.release(permits);
            throw e;
        }
    }

    void discard(HttpRequest request) {
        request.discardEntityBytes(materializer);
    }

    private byte[] bytes(HttpRequest request) {
        try {
            return request.entity()
                    .toStrict(timeout.toMillis(), bytesMax, materializer)
                    .toCompletableFuture()
                    .get(2 * timeout.toMillis(), TimeUnit.MILLISECONDS)
                    .getData()
                    .toArray();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw Problem.later(ErrorCode.BUSY, "the node stops", Duration.ofSeconds(5));
        } catch (TimeoutException e) {
            throw tooSlow();
        } catch (ExecutionException | CompletionException e) {
            throw switch (e.getCause()) {
                case org.apache.pekko.http.scaladsl.model.EntityStreamSizeException _ -> tooLarge("more");
                case TimeoutException _ -> tooSlow();
                case EntityStreamException broken ->
                    Problem.of(
                            ErrorCode.INVALID_REQUEST,
                            "body: expected as the request announced it, was " + broken.getMessage());
                case null, default -> Problem.of(ErrorCode.INVALID_REQUEST, "body: expected to the end, was cut off");
            };
        }
    }

    private Problem tooLarge(String was) {
        return Problem.of(
                ErrorCode.TOO_LARGE,
                "body: expected at most %d bytes, was %s; see sluice.api.request-max".formatted(bytesMax, was));
    }

    private Problem tooSlow() {
        return Problem.of(
                ErrorCode.TOO_SLOW,
                "body: expected whole within %d ms, was not; see sluice.api.request-timeout"
                        .formatted(timeout.toMillis()));
    }

    private static int permits(long bytes) {
        return Math.toIntExact((bytes + PERMIT_BYTES - 1) / PERMIT_BYTES);
    }
}
