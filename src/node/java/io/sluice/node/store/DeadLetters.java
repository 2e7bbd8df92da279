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
import java.util.Optional;
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

    /// Some of those a query is about.
    ///
    /// @param letters in the order asked for
    /// @param more    there are others behind them
    public record Page(List<Kept> letters, boolean more) {
        public Page {
            letters = List.copyOf(letters);
        }
    }

    /// In which order a query is answered.
    public enum Order {
        OLDEST_FIRST("ASC"),
        NEWEST_FIRST("DESC");

        private final String sql;

        Order(String sql) {
            this.sql = sql;
        }
    }

    private static final String COLUMNS = """
            integration, task, arrival_id, topic, client_id, username, certificate_name, qos, retain, properties, \
            payload, subject, reason, error, received_at, parked_at""";

    /// Payload bytes of a page, unless one letter alone has more.
    static final long PAGE_BYTES_MAX = 8 << 20;

    /// Attempts to keep one that others delete meanwhile.
    private static final int ATTEMPTS = 10;

    /// Letters deleted by one statement.
    private static final int DELETED_AT_ONCE = 500;

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

    /// Keeps one, durable on return. The same arrival of the same integration is kept once, as it first
    /// came, however often it comes; why it could not be delivered is told as it was the last time.
    ///
    /// @throws StoreFailed if it could not be written, or there are too many: do not acknowledge the arrival then
    public void add(DeadLetter letter) {
        checkRoom(letter);
        database.call("dead letter [%s] of [%s]".formatted(letter.arrivalId(), letter.integration()), connection -> {
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                if (isInserted(connection, letter) || isCountedAgain(connection, letter)) {
                    return letter;
                }
            }
            throw new StoreFailed("dead letter [%s] of [%s]: expected to be kept, was deleted by others %d times"
                    .formatted(letter.arrivalId(), letter.integration(), ATTEMPTS));
        });
    }

    /// So many of a query at most, fewer if their payloads are large: the bytes of a page are bounded too.
    public Page find(DeadLetterQuery query, Order order, int limit) {
        return database.call("dead letters", connection -> {
            var ids = ids(connection, query, order, limit + 1);
            var more = ids.more() || ids.letters().size() > limit;
            var some = ids.letters().subList(0, Math.min(limit, ids.letters().size()));
            return new Page(some.isEmpty() ? List.of() : letters(connection, some, order), more);
        });
    }

    /// Ids of letters, and whether there are others behind them.
    private record Ids(List<Long> letters, boolean more) {}

    private Ids ids(Connection connection, DeadLetterQuery query, Order order, int limit) throws SQLException {
        var where = query.where(this::storable);
        try (var select = connection.prepareStatement("SELECT id, OCTET_LENGTH(payload) FROM dead_letters" + where.sql()
                + " ORDER BY id " + order.sql + " FETCH FIRST ? ROWS ONLY")) {
            select.setInt(where.fill(select), limit);
            var rows = select.executeQuery();
            var ids = new ArrayList<Long>();
            long bytes = 0;
            while (rows.next()) {
                bytes += rows.getLong(2);
                if (!ids.isEmpty() && bytes > PAGE_BYTES_MAX) {
                    return new Ids(ids, true);
                }
                ids.add(rows.getLong(1));
            }
            return new Ids(ids, false);
        }
    }

    private List<Kept> letters(Connection connection, List<Long> ids, Order order) throws SQLException {
        try (var select = connection.prepareStatement("SELECT id, times, " + COLUMNS
                + " FROM dead_letters WHERE id IN (?" + ", ?".repeat(ids.size() - 1) + ") ORDER BY id " + order.sql)) {
            for (int i = 0; i < ids.size(); i++) {
                select.setLong(i + 1, ids.get(i));
            }
            return kept(select.executeQuery());
        }
    }

    public Optional<Kept> get(long id) {
        return find(DeadLetterQuery.ALL.only(List.of(id)), Order.OLDEST_FIRST, 1).letters().stream()
                .findFirst();
    }

    public long count(DeadLetterQuery query) {
        return number("SELECT count(*) FROM dead_letters", query);
    }

    /// The highest id of a query, 0 if it is about none.
    public long newest(DeadLetterQuery query) {
        return number("SELECT COALESCE(MAX(id), 0) FROM dead_letters", query);
    }

    private long number(String select, DeadLetterQuery query) {
        var where = query.where(this::storable);
        return database.call("dead letters", connection -> {
            try (var statement = connection.prepareStatement(select + where.sql())) {
                where.fill(statement);
                var row = statement.executeQuery();
                row.next();
                return row.getLong(1);
            }
        });
    }

    /// @return how many there were
    public long delete(List<Long> ids) {
        return deleteAll(DeadLetterQuery.ALL.only(ids));
    }

    /// Deletes all that a query is about now, some at a time; what is kept meanwhile stays.
    ///
    /// @return how many there were
    public long deleteAll(DeadLetterQuery query) {
        var now = query.upto(newest(query));
        var where = now.where(this::storable);
        long deleted = 0;
        for (int some = 1; some > 0; deleted += some) {
            some = database.call("dead letters", connection -> {
                try (var delete =
                        connection.prepareStatement("DELETE FROM dead_letters WHERE id IN (SELECT id FROM dead_letters"
                                + where.sql() + " ORDER BY id FETCH FIRST " + DELETED_AT_ONCE + " ROWS ONLY)")) {
                    where.fill(delete);
                    return delete.executeUpdate();
                }
            });
        }
        return deleted;
    }

    /// Deletes those whose arrival has not come once more since they were read: then it is among the
    /// dead letters again, and stays there.
    ///
    /// @return those that are still kept
    public List<Kept> deleteUnlessKeptAgain(List<Kept> letters) {
        return database.call("dead letters", connection -> {
            var left = new ArrayList<Kept>();
            try (var delete = connection.prepareStatement("DELETE FROM dead_letters WHERE id = ? AND times = ?");
                    var select = connection.prepareStatement("SELECT 1 FROM dead_letters WHERE id = ?")) {
                for (var letter : letters) {
                    delete.setLong(1, letter.id());
                    delete.setInt(2, letter.times());
                    select.setLong(1, letter.id());
                    if (delete.executeUpdate() == 0 && select.executeQuery().next()) {
                        left.add(letter);
                    }
                }
            }
            return left;
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

    private boolean isInserted(Connection connection, DeadLetter letter) throws SQLException {
        try (var insert = connection.prepareStatement(
                "INSERT INTO dead_letters (" + COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
            fill(insert, letter);
            return insert.executeUpdate() == 1;
        } catch (SQLException e) {
            if (SqlState.isDuplicate(e)) {
                return false;
            }
            throw e;
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

    /// False if it has been deleted meanwhile.
    private boolean isCountedAgain(Connection connection, DeadLetter letter) throws SQLException {
        try (var update = connection.prepareStatement("UPDATE dead_letters SET times = times + 1, reason = ?, error = ?"
                + " WHERE integration = ? AND arrival_id = ?")) {
            update.setString(1, storable(letter.reason()));
            update.setString(2, storable(letter.error()));
            update.setString(3, letter.integration());
            update.setString(4, letter.arrivalId());
            return update.executeUpdate() == 1;
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
