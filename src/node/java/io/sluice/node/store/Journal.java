package io.sluice.node.store;

import com.typesafe.config.Config;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.setup.Setup;
import org.apache.pekko.persistence.jdbc.db.EagerSlickDatabase;
import org.apache.pekko.persistence.jdbc.db.SlickDatabase;
import org.apache.pekko.persistence.jdbc.db.SlickDatabaseProvider;
import scala.Option;
import slick.jdbc.JdbcDataSource;
import slick.util.AsyncExecutor$;

/// Lets Pekko's journal and snapshots use the node's own data base: one pool, and no password in the configuration of
/// the actor system. Named in `pekko-persistence-jdbc.database-provider-fqcn`.
public final class Journal implements SlickDatabaseProvider {
    private static final int QUEUE = 1_000;
    private final SlickDatabase database;

    /// What an actor system is started with, so that its journal finds the data base.
    public static final class Access extends Setup {
        private final DataSource connections;
        private final Engine engine;

        Access(DataSource connections, Engine engine) {
            this.connections = connections;
            this.engine = engine;
        }
    }

    /// Called by Pekko.
    public Journal(ActorSystem system) {
        var access = system.settings().setup().get(Access.class);
        this.database = open(access.orElseThrow(() -> new IllegalStateException("journal: the node gave it no store")));
    }

    @Override
    public SlickDatabase database(Config ignored) {
        return database;
    }

    private static SlickDatabase open(Access access) {
        var profile = access.engine.profile();
        var count = access.engine.connectionsMax();
        var executor = AsyncExecutor$.MODULE$.apply("journal", count, count, QUEUE, count);
        var factory = profile.backend().Database();
        return new EagerSlickDatabase(factory.forSource(new Lent(access), executor), profile);
    }

    /// The store's connections; when the actor system ends they stay open, for they are not its own.
    private record Lent(Access access) implements JdbcDataSource {
        @Override
        public Connection createConnection() {
            try {
                return access.connections.getConnection();
            } catch (SQLException e) {
                throw new StoreFailed("journal", access.engine.reason(e), e);
            }
        }

        @Override
        public Option<Object> maxConnections() {
            return Option.apply(access.engine.connectionsMax());
        }

        @Override
        public void close() {
            // the store closes them
        }
    }
}
