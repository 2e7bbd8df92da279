package io.sluice.node.store;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// Which dead letters; each part narrows it.
///
/// @param topicPart stands somewhere in the topic, as it is
/// @param from      parked at this moment or later
/// @param to        parked before it
/// @param afterId   only those with a higher id, 0: any
/// @param uptoId    only those with this id or a lower one
/// @param ids       only these, if there are any
public record DeadLetterQuery(
        Optional<String> integration,
        Optional<String> reason,
        Optional<String> topicPart,
        Optional<String> clientId,
        Optional<String> subject,
        Optional<Instant> from,
        Optional<Instant> to,
        long afterId,
        long uptoId,
        Optional<List<Long>> ids) {
    public static final int IDS_MAX = 1_000;

    /// All of them.
    public static final DeadLetterQuery ALL = new DeadLetterQuery(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            0,
            Long.MAX_VALUE,
            Optional.empty());

    public DeadLetterQuery {
        ids = ids.map(List::copyOf);
        var count = ids.map(List::size).orElse(0);
        if (count > IDS_MAX) {
            throw new IllegalArgumentException(
                    "ids: expected at most %d, was %d; ask several times".formatted(IDS_MAX, count));
        }
    }

    /// All of one integration.
    public static DeadLetterQuery of(String integration) {
        return new DeadLetterQuery(
                Optional.of(integration),
                ALL.reason,
                ALL.topicPart,
                ALL.clientId,
                ALL.subject,
                ALL.from,
                ALL.to,
                ALL.afterId,
                ALL.uptoId,
                ALL.ids);
    }

    /// The same, of one integration only.
    public DeadLetterQuery ofIntegration(String name) {
        return new DeadLetterQuery(
                Optional.of(name), reason, topicPart, clientId, subject, from, to, afterId, uptoId, ids);
    }

    /// The page behind an id, towards the newest.
    public DeadLetterQuery after(long id) {
        return between(id, uptoId);
    }

    /// The page before an id, towards the oldest.
    public DeadLetterQuery before(long id) {
        return between(afterId, id - 1);
    }

    /// The same as far as an id.
    public DeadLetterQuery upto(long id) {
        return between(afterId, Math.min(id, uptoId));
    }

    /// Of these only some.
    public DeadLetterQuery only(List<Long> some) {
        return new DeadLetterQuery(
                integration, reason, topicPart, clientId, subject, from, to, afterId, uptoId, Optional.of(some));
    }

    private DeadLetterQuery between(long after, long upto) {
        return new DeadLetterQuery(integration, reason, topicPart, clientId, subject, from, to, after, upto, ids);
    }

    /// What the query says in SQL, with its values.
    record Where(String sql, List<Object> values) {
        /// Fills a statement in which the query stands first.
        ///
        /// @return index of the next value
        int fill(PreparedStatement statement) throws SQLException {
            for (int i = 0; i < values.size(); i++) {
                statement.setObject(i + 1, values.get(i));
            }
            return values.size() + 1;
        }
    }

    /// @param storable makes of a text what is stored of it
    Where where(UnaryOperator<String> storable) {
        var parts = new ArrayList<String>();
        var values = new ArrayList<Object>();
        parts.add("id > ?");
        values.add(afterId);
        parts.add("id <= ?");
        values.add(uptoId);
        text("integration = ?", integration, parts, values, storable);
        text("reason = ?", reason, parts, values, storable);
        text("topic LIKE ? ESCAPE '!'", topicPart.map(DeadLetterQuery::anywhere), parts, values, storable);
        text("client_id = ?", clientId, parts, values, storable);
        text("subject = ?", subject, parts, values, storable);
        from.ifPresent(moment -> {
            parts.add("parked_at >= ?");
            values.add(moment.atOffset(ZoneOffset.UTC));
        });
        to.ifPresent(moment -> {
            parts.add("parked_at < ?");
            values.add(moment.atOffset(ZoneOffset.UTC));
        });
        ids.ifPresent(some -> {
            parts.add(some.isEmpty() ? "1 = 0" : "id IN (?" + ", ?".repeat(some.size() - 1) + ")");
            values.addAll(some);
        });
        return new Where(" WHERE " + String.join(" AND ", parts), values);
    }

    private static void text(
            String sql,
            Optional<String> value,
            List<String> parts,
            List<Object> values,
            UnaryOperator<String> storable) {
        value.ifPresent(text -> {
            parts.add(sql);
            values.add(storable.apply(text));
        });
    }

    private static String anywhere(String text) {
        return "%" + text.replace("!", "!!").replace("%", "!%").replace("_", "!_") + "%";
    }
}
