package io.sluice.node.store;

/// Deletes rows in small batches, each in a transaction of its own, so that nobody waits for it long.
final class Cleaning {
    static final int BATCH = 1_000;

    private final Database database;
    private final String what;
    private final String batch;
    private final int batchesMax;

    /// @param what       names the work in an error
    /// @param table      has a key of one column
    /// @param condition  with a parameter for each value
    /// @param batchesMax after which it is enough for once
    Cleaning(Database database, String what, String table, String key, String condition, int batchesMax) {
        this.database = database;
        this.what = what;
        this.batch = "DELETE FROM %1$s WHERE %2$s IN (SELECT %2$s FROM %1$s WHERE %3$s FETCH FIRST %4$d ROWS ONLY)"
                .formatted(table, key, condition, BATCH);
        this.batchesMax = batchesMax;
    }

    /// How many it deleted; at least [#BATCH] times the most batches if there may be more.
    int run(Object... values) {
        var deleted = 0;
        for (int i = 0; i < batchesMax; i++) {
            var now = database.call(what, connection -> {
                try (var delete = connection.prepareStatement(batch)) {
                    for (int column = 0; column < values.length; column++) {
                        delete.setObject(column + 1, values[column]);
                    }
                    return delete.executeUpdate();
                }
            });
            deleted += now;
            if (now < BATCH) {
                break;
            }
        }
        return deleted;
    }
}
