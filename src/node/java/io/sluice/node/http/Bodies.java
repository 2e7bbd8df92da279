package io.sluice.node.http;

import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.scaladsl.model.EntityStreamException;
import org.apache.pekko.http.scaladsl.model.EntityStreamSizeException;
import org.apache.pekko.stream.Materializer;

/// Reads bodies of requests into memory: each within its limit, all together within theirs, in bounded time.
final class Bodies {
    private static final int PERMIT_BYTES = 1 << 10;
    private static final long STRANGERS_BYTES = 4 << 10;
    private static final Duration STRANGERS_TIMEOUT = Duration.ofSeconds(5);
    private static final int STRANGERS_MAX = 256;

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
    private final Semaphore strangersRoom = new Semaphore(STRANGERS_MAX * permits(STRANGERS_BYTES));
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
        return read(request, bytesMax, timeout, room);
    }

    /// One of a stranger: short, soon there, and with room of its own, so that strangers put out nobody.
    Body readOfStranger(HttpRequest request) {
        return read(request, STRANGERS_BYTES, STRANGERS_TIMEOUT, strangersRoom);
    }

    private Body read(HttpRequest request, long bytesMax, Duration timeout, Semaphore room) {
        var entity = request.entity();
        var announced = entity.getContentLengthOption();
        if (announced.orElse(0) > bytesMax) {
            throw tooLarge(bytesMax, announced.getAsLong() + " bytes");
        }
        var permits = entity.isKnownEmpty() ? 0 : permits(announced.orElse(bytesMax));
        if (!room.tryAcquire(permits)) {
            throw Problem.later(
                    ErrorCode.BUSY, "body: expected room for it, but others take it all", Duration.ofSeconds(1));
        }
        try {
            return new Body(bytes(request, bytesMax, timeout), room, permits);
        } catch (RuntimeException e) {
            room.release(permits);
            throw e;
        }
    }

    void discard(HttpRequest request) {
        request.discardEntityBytes(materializer);
    }

    private byte[] bytes(HttpRequest request, long bytesMax, Duration timeout) {
        try {
            return request.entity()
                    .withoutSizeLimit()
                    .toStrict(timeout.toMillis(), bytesMax, materializer)
                    .toCompletableFuture()
                    .get(2 * timeout.toMillis(), TimeUnit.MILLISECONDS)
                    .getData()
                    .toArray();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw Problem.later(ErrorCode.BUSY, "the node stops", Duration.ofSeconds(5));
        } catch (TimeoutException e) {
            throw tooSlow(timeout);
        } catch (ExecutionException | CompletionException e) {
            throw switch (e.getCause()) {
                case EntityStreamSizeException _ -> tooLarge(bytesMax, "more");
                case TimeoutException _ -> tooSlow(timeout);
                case EntityStreamException large when isTooLarge(large) -> tooLarge(bytesMax, "more");
                case EntityStreamException broken ->
                    Problem.of(
                            ErrorCode.INVALID_REQUEST,
                            "body: expected as the request announced it, was " + broken.getMessage());
                case null, default -> Problem.of(ErrorCode.INVALID_REQUEST, "body: expected to the end, was cut off");
            };
        }
    }

    /// Pekko has no type for what is found too large while it is read.
    private static boolean isTooLarge(EntityStreamException e) {
        return String.valueOf(e.getMessage()).contains("too large");
    }

    private static Problem tooLarge(long bytesMax, String was) {
        return Problem.of(
                ErrorCode.TOO_LARGE,
                "body: expected at most %d bytes, was %s; see sluice.api.request-max".formatted(bytesMax, was));
    }

    private static Problem tooSlow(Duration timeout) {
        return Problem.of(
                ErrorCode.TOO_SLOW,
                "body: expected whole within %d ms, was not; see sluice.api.request-timeout"
                        .formatted(timeout.toMillis()));
    }

    private static int permits(long bytes) {
        return Math.toIntExact((bytes + PERMIT_BYTES - 1) / PERMIT_BYTES);
    }
}
