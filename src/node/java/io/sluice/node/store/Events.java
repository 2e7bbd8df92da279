package io.sluice.node.store;

import io.sluice.node.observe.IntegrationEvent;
import io.sluice.node.observe.IntegrationEvent.Kind;
import io.sluice.node.observe.IntegrationEvent.OfMessage;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/// Keeps what happened to integrations, for a while. Nodes that share a data base share its events. Blocks: call it
/// from a virtual thread.
public final class Events {
    /// An event as it is kept.
    ///
    /// @param id rises, as far as one node's go
    public record Kept(long id, IntegrationEvent event) {}

    /// Which events are wanted.
    ///
    /// @param from     not before
    /// @param to       before
    /// @param text     part of the message in words, in capitals or not; empty: any
    /// @param beforeId smaller ids only, to go on behind a page
    /// @param limit    most of them, 1 to [#LIMIT_MAX]
    public record Query(
            Optional<String> integration,
            Optional<Kind> kind,
            Optional<Instant> from,
            Optional<Instant> to,
            String text,
            long beforeId,
            int limit) {

        public static final int LIMIT_MAX = 1_000;

        public Query {
            if (limit < 1 || limit > LIMIT_MAX) {
                throw new IllegalArgumentException(
                        "events: expected a limit of 1 to %d, was %d".formatted(LIMIT_MAX, limit));
            }
        }

        /// The newest of all.
        public static Query newest(int limit) {
            return new Query(
                    Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), "", Long.MAX_VALUE, limit);
        }

        public Query of(String name) {
            return new Query(Optional.of(name), kind, from, to, text, beforeId, limit);
        }

        public Query of(Kind only) {
            return new Query(integration, Optional.of(only), from, to, text, beforeId, limit);
        }

        public Query between(Instant first, Instant end) {
            return new Query(integration, kind, Optional.of(first), Optional.of(end), text, beforeId, limit);
        }

        public Query containing(String part) {
            return new Query(integration, kind, from, to, part, beforeId, limit);
        }

        public Query before(long id) {
            return new Query(integration, kind, from, to, text, id, limit);
        }
    }

    private static final String COLUMNS = """
            happened_at, node, integration, task, kind, what, message, topic, client_id, subject, arrival_id, \
            kafka_partition, kafka_offset""";

    /// What `clear` deletes in one batch, and what housekeeping does at a time.
    private static final int BATCHES_MAX = 100;

    /// Part of the most allowed that an integration may have too many before they are looked for.
    private static final int SLACK = 20;

    private final Database database;

    /// By integration: events added here since its oldest were last looked for.
    private final ConcurrentMap<String, Long> grown = new ConcurrentHashMap<>();

    private boolean knowsAll;

    Events(Database database) {
        this.database = database;
    }

    /// Keeps all of them or none, durable on return.
    ///
    /// @throws StoreFailed if they could not be written
    public void append(List<IntegrationEvent> events) {
        database.call("events", connection -> {
            connection.setAutoCommit(false);
            try (var insert = connection.prepareStatement(
                    "INSERT INTO events (" + COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
                for (var event : events) {
                    fill(insert, event);
                    insert.addBatch();
                }
                insert.executeBatch();
            }
            connection.commit();
            return events.size();
        });
        events.forEach(event -> grown.merge(event.integration(), 1L, Long::sum));
    }

    /// Newest first.
    public List<Kept> find(Query query) {
        var conditions = new ArrayList<String>();
        var values = new ArrayList<Object>();
        query.integration().ifPresent(name -> also("integration = ?", name, conditions, values));
        query.kind().ifPresent(kind -> also("kind = ?", kind.name(), conditions, values));
        query.from().ifPresent(from -> also("happened_at >= ?", utc(from), conditions, values));
        query.to().ifPresent(to -> also("happened_at < ?", utc(to), conditions, values));
        if (!query.text().isEmpty()) {
            also("LOWER(message) LIKE ? ESCAPE '!'", pattern(storable(query.text())), conditions, values);
        }
        also("id < ?", query.beforeId(), conditions, values);
        return database.call("events", connection -> {
            try (var select = connection.prepareStatement(
                    "SELECT id, %s FROM events WHERE %s ORDER BY id DESC FETCH FIRST ? ROWS ONLY"
                            .formatted(COLUMNS, String.join(" AND ", conditions)))) {
                for (int i = 0; i < values.size(); i++) {
                    select.setObject(i + 1, values.get(i));
                }
                select.setInt(values.size() + 1, query.limit());
                return kept(select.executeQuery());
            }
        });
    }

    /// Deletes all of an integration.
    ///
    /// @return how many
    public int clear(String integration) {
        return clearing("integration = ?").run(integration);
    }

    /// Deletes all of one kind of an integration.
    ///
    /// @return how many
    public int clear(String integration, Kind kind) {
        return clearing("integration = ? AND kind = ?").run(integration, kind.name());
    }

    /// Deletes what is too old, and the oldest of integrations that have too many; a bounded part of it at a time, so
    /// that an integration may have a few more for a while. One thread at a time.
    ///
    /// @param max    events of an integration
    /// @param oldest that may stay
    /// @return how many
    public int tidy(int max, Instant oldest) {
        var deleted = housekeeping("happened_at < ?").run(utc(oldest));
        if (!knowsAll) {
            integrations().forEach(name -> grown.put(name, (long) max));
            knowsAll = true;
        }
        for (var name : List.copyOf(grown.keySet())) {
            if (grown.getOrDefault(name, 0L) >= Math.max(1, max / SLACK)) {
                deleted += tidy(name, max);
            }
        }
        return deleted;
    }

    private int tidy(String integration, int max) {
        var surplus = newestSurplus(integration, max);
        var deleted = surplus.isEmpty()
                ? 0
                : housekeeping("integration = ? AND id <= ?").run(integration, surplus.getAsLong());
        if (deleted < Cleaning.BATCH * BATCHES_MAX) {
            grown.remove(integration);
        }
        return deleted;
    }

    /// The newest of those beyond the most allowed.
    private OptionalLong newestSurplus(String integration, int max) {
        return database.call("events of [%s]".formatted(integration), connection -> {
            try (var select = connection.prepareStatement(
                    "SELECT id FROM events WHERE integration = ? ORDER BY id DESC OFFSET ? ROWS FETCH FIRST 1 ROWS ONLY")) {
                select.setString(1, integration);
                select.setInt(2, max);
                var row = select.executeQuery();
                return row.next() ? OptionalLong.of(row.getLong(1)) : OptionalLong.empty();
            }
        });
    }

    private List<String> integrations() {
        return database.call("events", connection -> {
            try (var select = connection.prepareStatement("SELECT DISTINCT integration FROM events")) {
                var rows = select.executeQuery();
                var names = new ArrayList<String>();
                while (rows.next()) {
                    names.add(rows.getString(1));
                }
                return names;
            }
        });
    }

    private Cleaning clearing(String condition) {
        return new Cleaning(database, "events", "events", "id", condition, Integer.MAX_VALUE);
    }

    private Cleaning housekeeping(String condition) {
        return new Cleaning(database, "events", "events", "id", condition, BATCHES_MAX);
    }

    private static void also(String condition, Object value, List<String> conditions, List<Object> values) {
        conditions.add(condition);
        values.add(value);
    }

    private static String pattern(String text) {
        var literal = text.toLowerCase(Locale.ROOT).replaceAll("[!%_]", "!$0");
        return "%" + literal + "%";
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    private String storable(String text) {
        return database.engine().storable(text);
    }

    /// In the order of [#COLUMNS].
    private void fill(PreparedStatement insert, IntegrationEvent event) throws SQLException {
        insert.setObject(1, utc(event.at()));
        insert.setString(2, event.node());
        insert.setString(3, event.integration());
        insert.setInt(4, event.task());
        insert.setString(5, event.kind().name());
        insert.setString(6, event.what());
        insert.setString(7, storable(event.message()));
        var about = event.about();
        insert.setString(8, about.map(message -> storable(message.topic())).orElse(null));
        insert.setString(9, about.map(message -> storable(message.clientId())).orElse(null));
        insert.setString(10, about.map(message -> storable(message.subject())).orElse(null));
        insert.setString(11, about.map(message -> storable(message.arrivalId())).orElse(null));
        var partition = about.map(OfMessage::partition).orElse(OptionalInt.empty());
        insert.setObject(12, partition.isPresent() ? partition.getAsInt() : null, Types.INTEGER);
        var offset = about.map(OfMessage::offset).orElse(OptionalLong.empty());
        insert.setObject(13, offset.isPresent() ? offset.getAsLong() : null, Types.BIGINT);
    }

    private static List<Kept> kept(ResultSet rows) throws SQLException {
        var found = new ArrayList<Kept>();
        while (rows.next()) {
            found.add(new Kept(
                    rows.getLong("id"),
                    new IntegrationEvent(
                            rows.getObject("happened_at", OffsetDateTime.class).toInstant(),
                            rows.getString("node"),
                            rows.getString("integration"),
                            rows.getInt("task"),
                            Kind.valueOf(rows.getString("kind")),
                            rows.getString("what"),
                            rows.getString("message"),
                            about(rows))));
        }
        return found;
    }

    private static Optional<OfMessage> about(ResultSet row) throws SQLException {
        @Nullable String topic = row.getString("topic");
        if (topic == null) {
            return Optional.empty();
        }
        @Nullable Integer partition = row.getObject("kafka_partition", Integer.class);
        @Nullable Long offset = row.getObject("kafka_offset", Long.class);
        return Optional.of(new OfMessage(
                topic,
                row.getString("client_id"),
                row.getString("subject"),
                row.getString("arrival_id"),
                partition == null ? OptionalInt.empty() : OptionalInt.of(partition),
                offset == null ? OptionalLong.empty() : OptionalLong.of(offset)));
    }
}
