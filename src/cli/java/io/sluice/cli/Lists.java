package io.sluice.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/// Reads lists that the server hands out page by page.
final class Lists {
    private static final int SIZE_MAX = 500;

    private Lists() {}

    /// All items of a list whose pages have numbers.
    static ObjectNode all(Client client, Ask ask) {
        var items = Json.array();
        for (int page = 0; ; page++) {
            var answer = client.json(ask.query("page", "" + page).query("size", "" + SIZE_MAX));
            answer.path("items").forEach(items::add);
            if (answer.path("items").isEmpty()
                    || items.size() >= answer.path("total").asLong()) {
                var all = Json.object().put("total", items.size());
                all.set("items", items);
                return all;
            }
        }
    }

    /// The newest items of a list that goes back in time. `next` says where it goes on, if it does.
    ///
    /// @param limit most items
    static ObjectNode newest(Client client, Ask ask, int limit) {
        var items = Json.array();
        var next = ask;
        while (true) {
            var size = Math.min(SIZE_MAX, limit - items.size());
            var answer = client.json(next.query("size", "" + size));
            answer.path("items").forEach(items::add);
            if (!answer.has("next") || items.size() >= limit) {
                ObjectNode all = answer.deepCopy();
                all.set("items", items);
                return all;
            }
            next = before(ask, answer.path("next").asText());
        }
    }

    /// Behind another item than was asked for at first.
    private static Ask before(Ask ask, String next) {
        var path = ask.path().replaceFirst("([?&])before=\\d+&?", "$1").replaceFirst("[?&]$", "");
        return new Ask(ask.method(), path, ask.headers(), ask.body(), ask.limit()).query("before", next);
    }

    /// A moment as people write it: RFC 3339, the same without an offset or a time of day in their own zone,
    /// or how long ago, as `90s`, `15m`, `2h` or `3d`.
    ///
    /// @throws Failure if it is none of these
    static Instant moment(String text, ZoneId zone, Instant now) {
        for (var reading : readings(zone, now)) {
            try {
                return reading.apply(text.strip());
            } catch (DateTimeException | ArithmeticException _) {
                // the next one may know it
            }
        }
        throw Failure.usage(
                "expected a moment, such as 2026-05-01T10:00:00Z, 2026-05-01T10:00, 2026-05-01, or 15m for a while ago, was "
                        + text);
    }

    private static Iterable<Function<String, Instant>> readings(ZoneId zone, Instant now) {
        return List.of(
                text -> OffsetDateTime.parse(text.replace(' ', 'T')).toInstant(),
                text -> LocalDateTime.parse(text.replace(' ', 'T')).atZone(zone).toInstant(),
                text -> LocalDate.parse(text).atStartOfDay(zone).toInstant(),
                text -> now.minus(ago(text.toUpperCase(Locale.ROOT))));
    }

    private static Duration ago(String text) {
        return Duration.parse(text.endsWith("D") ? "P" + text : "PT" + text);
    }
}
