package io.sluice.node.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.OptionalLong;

/// Hands out owner generations. Blocks: call it from a virtual thread.
public final class TaskEpochs {
    private static final long FIRST = 1;

    private final Database database;

    TaskEpochs(Database database) {
        this.database = database;
    }

    /// The next generation of a task, from 1: higher than any handed out before, by whichever thread, process or
    /// node, and written down before it is returned.
    ///
    /// @throws StoreFailed if it could not be written down
    public long next(String integration, int task) {
        return database.call("epoch of task [%s/%d]".formatted(integration, task), connection -> {
            connection.setAutoCommit(false);
            while (true) {
                try {
                    var epoch = raise(connection, integration, task).orElse(FIRST);
                    if (epoch == FIRST) {
                        begin(connection, integration, task);
                    }
                    connection.commit();
                    return epoch;
                } catch (SQLException e) {
                    rollBack(connection, e);
                    if (!SqlState.isDuplicate(e)) {
                        throw e;
                    } // else another thread or node began at the same time, so the row is there now
                }
            }
        });
    }

    /// A connection that is broken cannot; what broke it is the news.
    private static void rollBack(Connection connection, SQLException failed) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            failed.addSuppressed(e);
        }
    }

    /// Empty if the task has no generation yet. Locks its row until the commit.
    private static OptionalLong raise(Connection connection, String integration, int task) throws SQLException {
        try (var update = connection.prepareStatement(
                "UPDATE task_epochs SET epoch = epoch + 1 WHERE integration = ? AND task = ?")) {
            update.setString(1, integration);
            update.setInt(2, task);
            if (update.executeUpdate() == 0) {
                return OptionalLong.empty();
            }
        }
        try (var select =
                connection.prepareStatement("SELECT epoch FROM task_epochs WHERE integration = ? AND task = ?")) {
            select.setString(1, integration);
            select.setInt(2, task);
            try (var row = select.executeQuery()) {
                row.next();
                return OptionalLong.of(row.getLong(1));
            }
        }
    }

    private static void begin(Connection connection, String integration, int task) throws SQLException {
        try (var insert =
                connection.prepareStatement("INSERT INTO task_epochs (integration, task, epoch) VALUES (?, ?, 1)")) {
            insert.setString(1, integration);
            insert.setInt(2, task);
            insert.executeUpdate();
        }
    }
}
