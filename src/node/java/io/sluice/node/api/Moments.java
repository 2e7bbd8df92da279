package io.sluice.node.api;

import io.sluice.node.http.ErrorCode;
import io.sluice.node.http.Problem;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;

/// Moments in RFC 3339 form, in years that every data base knows.
final class Moments {
    private static final Instant FIRST = Instant.parse("1970-01-01T00:00:00Z");
    private static final Instant LAST = Instant.parse("2999-12-31T23:59:59Z");

    private Moments() {}

    /// @throws Problem if it is none
    static Instant of(String what, String text) {
        try {
            var found = OffsetDateTime.parse(text.replace(' ', 'T')).toInstant();
            if (!found.isBefore(FIRST) && !found.isAfter(LAST)) {
                return found;
            }
        } catch (DateTimeException _) {
            // told below
        }
        throw Problem.of(
                ErrorCode.INVALID_REQUEST,
                "%s: expected RFC 3339 from %s to %s, was %s".formatted(what, FIRST, LAST, text));
    }
}
