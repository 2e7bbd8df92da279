package io.sluice.node.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.OptionalLong;

/// Hands out owner generations. All tasks of an integration share them, so that a subject that moves to
/// another task meets a higher one there. Blocks: call it from a virtual thread.
public final class Epochs {
    private static final long FIRST = 1;

    private final Database database;

    Epochs(Database database) {
        this.database = database;
    }

    /// The next generation of any task of an integration, from 1: higher than any handed out before, by
    /// whichever thread, process or node, and written down before it is returned.
    ///
    /// @throws StoreFailed if it could not be written down
    public long next(String integration) {
        return database.call("epoch of integration [%s]".formatted(integration), connection -> {
            connection.setAutoCommit(false);
            while (true) {
                try {
                    var epoch = raise(connection, integration).orElse(FIRST);
                    if (epoch == FIRST) {
                        begin(connection, integration);
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

    /// Empty if the integration has no generation yet. Locks its row until the commit.
    private static OptionalLong raise(Connection connection, String integration) throws SQLException {
        try (var update =
                connection.prepareStatement("UPDATE integration_epochs SET epoch = epoch + 1 WHERE integration = ?")) {
            update.setString(1, integration);
            if (update.executeUpdate() == 0) {
                return OptionalLong.empty();
            }
        }
        try (var select = connection.prepareStatement("SELECT epoch FROM integration_epochs WHERE integration = ?")) {
            select.setString(1, integration);
            try (var row = select.executeQuery()) {
                row.next();
                return OptionalLong.of(row.getLong(1));
            }
        }
    }

    private static void begin(Connection connection, String integration) throws SQLException {
        try (var insert =
                connection.prepareStatement("INSERT INTO integration_epochs (integration, epoch) VALUES (?, 1)")) {
            insert.setString(1, integration);
            insert.executeUpdate();
        }
    }
}
