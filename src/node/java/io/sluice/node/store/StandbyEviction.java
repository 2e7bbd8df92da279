package io.sluice.node.store;

import com.zaxxer.hikari.SQLExceptionOverride;
import java.sql.SQLException;

/// A connection to a server that has become a standby is of no use: the pool is to find the new primary.
final class StandbyEviction implements SQLExceptionOverride {
    @java.lang.Override
    public SQLExceptionOverride.Override adjudicate(SQLException e) {
        return SqlState.isReadOnly(e)
                ? SQLExceptionOverride.Override.MUST_EVICT
                : SQLExceptionOverride.Override.CONTINUE_EVICT;
    }
}
