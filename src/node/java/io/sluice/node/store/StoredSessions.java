package io.sluice.node.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;

/// Keeps who has logged in. Blocks: call it from a virtual thread.
public final class StoredSessions {

    /// @param id      SHA-256 of what the browser holds, 64 hexadecimal digits
    /// @param user    who logged in
    /// @param stamp   of the password it was done with, 64 hexadecimal digits
    /// @param expires when it ends by itself
    public record Row(String id, String user, String stamp, Instant expires) {}

    private interface Filling {
        void fill(PreparedStatement statement) throws SQLException;
    }

    private final Database database;

    StoredSessions(Database database) {
        this.database = database;
    }

    /// Keeps one, and forgets those that have ended, by themselves or with their stamp.
    public void add(Row row, Instant now) {
        database.call("session of [%s]".formatted(row.user()), connection -> {
            update(connection, "DELETE FROM sessions WHERE expires < ?", delete -> delete.setObject(1, utc(now)));
            update(connection, "DELETE FROM sessions WHERE name = ? AND stamp <> ?", delete -> {
                delete.setString(1, row.user());
                delete.setString(2, row.stamp());
            });
            return update(connection, "INSERT INTO sessions (id, name, stamp, expires) VALUES (?, ?, ?, ?)", insert -> {
                insert.setString(1, row.id());
                insert.setString(2, row.user());
                insert.setString(3, row.stamp());
                insert.setObject(4, utc(row.expires()));
            });
        });
    }

    public Optional<Row> find(String id) {
        return database.call("session", connection -> {
            try (var select =
                    connection.prepareStatement("SELECT id, name, stamp, expires FROM sessions WHERE id = ?")) {
                select.setString(1, id);
                var row = select.executeQuery();
                return row.next() ? Optional.of(row(row)) : Optional.empty();
            }
        });
    }

    public void remove(String id) {
        database.call(
                "session",
                connection ->
                        update(connection, "DELETE FROM sessions WHERE id = ?", delete -> delete.setString(1, id)));
    }

    /// How many sessions of a user have not ended, of those opened under a stamp.
    public int count(String user, String stamp, Instant now) {
        return database.call("sessions of [%s]".formatted(user), connection -> {
            try (var select = connection.prepareStatement(
                    "SELECT count(*) FROM sessions WHERE name = ? AND expires >= ? AND stamp = ?")) {
                select.setString(1, user);
                select.setObject(2, utc(now));
                select.setString(3, stamp);
                var row = select.executeQuery();
                row.next();
                return row.getInt(1);
            }
        });
    }

    private static Row row(java.sql.ResultSet row) throws SQLException {
        return new Row(
                row.getString("id"),
                row.getString("name"),
                row.getString("stamp"),
                row.getObject("expires", OffsetDateTime.class).toInstant());
    }

    private static int update(Connection connection, String sql, Filling filling) throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            filling.fill(statement);
            return statement.executeUpdate();
        }
    }

    private static OffsetDateTime utc(Instant at) {
        return at.atOffset(ZoneOffset.UTC);
    }
}
