package io.sluice.node.store;

import com.zaxxer.hikari.HikariConfig;
import io.sluice.node.settings.CannotStart;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import slick.jdbc.JdbcProfile;

/// What differs between the kinds of data base, all of it.
sealed interface Engine permits H2, Postgresql {

    static Engine of(StoreSettings settings) {
        return settings.postgresql().<Engine>map(Postgresql::new).orElseGet(() -> new H2(settings.dir()));
    }

    /// Most connections at a time.
    int connectionsMax();

    /// Longest wait of a call for its turn.
    Duration turnTimeout();

    /// How to connect, without the bounds that all share.
    HikariConfig pool();

    /// Makes what must be there before anyone connects.
    void prepare() throws IOException;

    /// Refuses a data base that is not for us.
    ///
    /// @throws CannotStart with the cure
    void check(DataSource connections) throws SQLException;

    /// What the migrations need to know.
    FluentConfiguration migrations(FluentConfiguration flyway, DataSource connections);

    /// What the journal needs to know.
    JdbcProfile profile();

    /// A text as it can be kept.
    String storable(String text);

    /// Why something failed, in words, on one line.
    String reason(Exception e);

    /// Why the node cannot start, and the cure.
    CannotStart cannotStart(Exception e);
}
