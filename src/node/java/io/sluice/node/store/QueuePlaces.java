package io.sluice.node.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// Keeps where each integration has, or had, a queue that may hold something. Blocks: call it from a virtual thread.
public final class QueuePlaces {

    /// @param broker       name of the Kafka cluster
    /// @param lanes        newest distribution of subjects over tasks that was written there
    /// @param distribution what makes it so; of an integration that stands in the configuration it may change
    ///                     without the lanes
    /// @param turn         a higher one for each that was begun later
    public record Row(String integration, String broker, String topic, long lanes, String distribution, long turn) {}

    private final Database database;

    QueuePlaces(Database database) {
        this.database = database;
    }

    /// Known on return to every node: it is written there, from now on so.
    ///
    /// @param row its turn is left as it is, or given if it has none
    public void keep(Row row) {
        database.call("queue of integration [%s]".formatted(row.integration()), connection -> {
            if (!update(connection, row)) {
                try {
                    insert(connection, row);
                } catch (SQLException e) {
                    if (!SqlState.isDuplicate(e)) {
                        throw e;
                    } // else another node was first
                    update(connection, row);
                }
            }
            return true;
        });
    }

    /// Known on return to every node: nothing is left there of before, and it is the last one now.
    public void renew(Row row) {
        database.call("queue of integration [%s]".formatted(row.integration()), connection -> {
            try (var update = connection.prepareStatement(
                    "UPDATE integration_queues SET turn = (SELECT MAX(turn) + 1 FROM integration_queues)"
                            + " WHERE integration = ? AND broker = ? AND topic = ?")) {
                update.setString(1, row.integration());
                update.setString(2, row.broker());
                update.setString(3, row.topic());
                return update.executeUpdate();
            }
        });
    }

    /// Of an integration, those written first come first.
    public List<Row> of(String integration) {
        return all().stream()
                .filter(row -> row.integration().equals(integration))
                .toList();
    }

    /// Of all integrations, those written first come first.
    public List<Row> all() {
        return database.call("queues", connection -> {
            try (var select = connection.prepareStatement(
                            "SELECT integration, broker, topic, lanes, distribution, turn FROM integration_queues ORDER BY turn, broker");
                    var found = select.executeQuery()) {
                var rows = new ArrayList<Row>();
                while (found.next()) {
                    rows.add(new Row(
                            found.getString(1),
                            found.getString(2),
                            found.getString(3),
                            found.getLong(4),
                            found.getString(5),
                            found.getLong(6)));
                }
                return rows;
            }
        });
    }

    /// Nothing is left there; not if newer lanes were written since.
    public void forget(Row row) {
        database.call("queue of integration [%s]".formatted(row.integration()), connection -> {
            try (var delete = connection.prepareStatement(
                    "DELETE FROM integration_queues WHERE integration = ? AND broker = ? AND topic = ? AND lanes = ?")) {
                delete.setString(1, row.integration());
                delete.setString(2, row.broker());
                delete.setString(3, row.topic());
                delete.setLong(4, row.lanes());
                return delete.executeUpdate();
            }
        });
    }

    /// False if it is not there.
    private static boolean update(Connection connection, Row row) throws SQLException {
        try (var update = connection.prepareStatement("UPDATE integration_queues SET lanes = ?, distribution = ?"
                + " WHERE integration = ? AND broker = ? AND topic = ?")) {
            update.setLong(1, row.lanes());
            update.setString(2, row.distribution());
            update.setString(3, row.integration());
            update.setString(4, row.broker());
            update.setString(5, row.topic());
            return update.executeUpdate() > 0;
        }
    }

    private static void insert(Connection connection, Row row) throws SQLException {
        try (var insert = connection.prepareStatement(
                "INSERT INTO integration_queues (integration, broker, topic, lanes, distribution, turn)"
                        + " SELECT CAST(? AS VARCHAR(64)), CAST(? AS VARCHAR(255)), CAST(? AS VARCHAR(255)),"
                        + " CAST(? AS BIGINT), CAST(? AS VARCHAR(64)), COALESCE(MAX(turn), 0) + 1"
                        + " FROM integration_queues")) {
            insert.setString(1, row.integration());
            insert.setString(2, row.broker());
            insert.setString(3, row.topic());
            insert.setLong(4, row.lanes());
            insert.setString(5, row.distribution());
            insert.executeUpdate();
        }
    }
}
