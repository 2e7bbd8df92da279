package io.sluice.node.store;

import java.sql.SQLException;

/// Codes of the SQL standard, the same in H2 and PostgreSQL.
final class SqlState {
    private static final String UNIQUE_VIOLATION = "23505";
    private static final String READ_ONLY = "25006";

    private SqlState() {}

    static boolean isDuplicate(SQLException e) {
        return UNIQUE_VIOLATION.equals(e.getSQLState());
    }

    static boolean isReadOnly(SQLException e) {
        return READ_ONLY.equals(e.getSQLState());
    }
}
