package io.sluice.node.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/// Keeps what can never be delivered. Blocks: call it from a virtual thread.
///
/// Nodes that share a data base share its dead letters. Each of them counts now and then, so that an integration may
/// have as many more than allowed as the other nodes add between two counts, [#UNCOUNTED_MAX] each at most.
public final class DeadLetters {
    /// A dead letter as it is kept.
    ///
    /// @param id    rises with each new one
    /// @param times how often its arrival came, 1 unless it was sent again
    public record Kept(long id, int times, DeadLetter letter) {}

    private static final String COLUMNS = """
            integration, task, arrival_id, topic, client_id, username, certificate_name, qos, retain, properties, \
            payload, subject, reason, error, received_at, parked_at""";

    /// Most that a node adds to an integration before it counts again.
    static final int UNCOUNTED_MAX = 100;

    /// Part of the room left that a node takes before it counts again.
    private static final int SHARE = 10;

    private final Database database;
    private final int max;

    /// By integration: how many more may come before all are counted again.
    private final ConcurrentMap<String, AtomicLong> uncounted = new ConcurrentHashMap<>();

    /// @param max most kept of an integration
    DeadLetters(Database database, int max) {
        this.database = database;
        this.max = max;
    }

    /// Keeps one, durable on return. The same arrival of the same integration is kept once, as it first came,
    /// however often it comes.
    ///
    /// @throws StoreFailed if it could not be written, or there are too many: do not acknowledge the arrival then
    public void add(DeadLetter letter) {
        checkRoom(letter);
        database.call("dead letter [%s] of [%s]".formatted(letter.arrivalId(), letter.integration()), connection -> {
            try {
                return insert(connection, letter);
            } catch (SQLException e) {
                if (!SqlState.isDuplicate(e)) {
                    throw e;
                }
                return countAgain(connection, letter);
            }
        });
    }

    /// The oldest of an integration that come after an id, 0 for the first page.
    public List<Kept> list(String integration, int limit, long afterId) {
        return database.call("dead letters of [%s]".formatted(integration), connection -> {
            try (var select = connection.prepareStatement("SELECT id, times, " + COLUMNS
                    + " FROM dead_letters WHERE integration = ? AND id > ? ORDER BY id FETCH FIRST ? ROWS ONLY")) {
                select.setString(1, integration);
                select.setLong(2, afterId);
                select.setInt(3, limit);
                return kept(select.executeQuery());
            }
        });
    }

    /// Counts anew before it says no: somebody may have deleted some, or another node added some.
    private void checkRoom(DeadLetter letter) {
        var left = uncounted.computeIfAbsent(letter.integration(), _ -> new AtomicLong());
        if (left.getAndDecrement() > 0) {
            return;
        }
        var counted = count(letter.integration());
        if (counted >= max && !isKept(letter)) {
            throw new StoreFailed(
                    "integration [%s] has %d dead letters, dead-letters-max is %d: delete some or allow more"
                            .formatted(letter.integration(), counted, max));
        }
        left.set(Math.clamp((max - counted) / SHARE - 1, 0, UNCOUNTED_MAX - 1));
    }

    private boolean isKept(DeadLetter letter) {
        return database.call(
                "dead letter [%s] of [%s]".formatted(letter.arrivalId(), letter.integration()), connection -> {
                    try (var select = connection.prepareStatement(
                            "SELECT 1 FROM dead_letters WHERE integration = ? AND arrival_id = ?")) {
                        select.setString(1, letter.integration());
                        select.setString(2, letter.arrivalId());
                        return select.executeQuery().next();
                    }
                });
    }

    public long count(String integration) {
        return database.call("dead letters of [%s]".formatted(integration), connection -> {
            try (var select = connection.prepareStatement("SELECT count(*) FROM dead_letters WHERE integration = ?")) {
                select.setString(1, integration);
                var row = select.executeQuery();
                row.next();
                return row.getLong(1);
            }
        });
    }

    private int insert(Connection connection, DeadLetter letter) throws SQLException {
        try (var insert = connection.prepareStatement(
                "INSERT INTO dead_letters (" + COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
            fill(insert, letter);
            return insert.executeUpdate();
        }
    }

    /// In the order of [#COLUMNS].
    private void fill(PreparedStatement insert, DeadLetter letter) throws SQLException {
        insert.setString(1, letter.integration());
        insert.setInt(2, letter.task());
        insert.setString(3, letter.arrivalId());
        insert.setString(4, storable(letter.topic()));
        insert.setString(5, storable(letter.clientId()));
        insert.setString(6, storable(letter.username()));
        insert.setString(7, storable(letter.certificateName()));
        insert.setInt(8, letter.qos());
        insert.setBoolean(9, letter.retain());
        insert.setString(10, storable(letter.properties()));
        insert.setBytes(11, letter.payload());
        insert.setString(12, storable(letter.subject()));
        insert.setString(13, storable(letter.reason()));
        insert.setString(14, storable(letter.error()));
        insert.setObject(15, letter.receivedAt().atOffset(ZoneOffset.UTC));
        insert.setObject(16, letter.parkedAt().atOffset(ZoneOffset.UTC));
    }

    private String storable(String text) {
        return database.engine().storable(text);
    }

    private static int countAgain(Connection connection, DeadLetter letter) throws SQLException {
        try (var update = connection.prepareStatement(
                "UPDATE dead_letters SET times = times + 1 WHERE integration = ? AND arrival_id = ?")) {
            update.setString(1, letter.integration());
            update.setString(2, letter.arrivalId());
            return update.executeUpdate();
        }
    }

    private static List<Kept> kept(ResultSet rows) throws SQLException {
        var found = new ArrayList<Kept>();
        while (rows.next()) {
            found.add(new Kept(rows.getLong("id"), rows.getInt("times"), letter(rows)));
        }
        return found;
    }

    private static DeadLetter letter(ResultSet row) throws SQLException {
        return new DeadLetter(
                row.getString("integration"),
                row.getInt("task"),
                row.getString("arrival_id"),
                row.getString("topic"),
                row.getString("client_id"),
                row.getString("username"),
                row.getString("certificate_name"),
                row.getInt("qos"),
                row.getBoolean("retain"),
                row.getString("properties"),
                row.getBytes("payload"),
                row.getString("subject"),
                row.getString("reason"),
                row.getString("error"),
                instant(row, "received_at"),
                instant(row, "parked_at"));
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }
}
