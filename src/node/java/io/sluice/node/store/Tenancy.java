package io.sluice.node.store;

import io.sluice.node.observe.Beat;
import io.sluice.node.settings.CannotStart;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps a PostgreSQL data base from nodes that do not know each other: each would run every task and write one
/// catalog. A node that looks for no others has an advisory lock of its own, one of a cluster shares it with the rest.
/// The lock lasts as long as a connection that does nothing else; when that is lost, it is taken again.
final class Tenancy implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Tenancy.class);

    /// Of all data bases of ours.
    private static final long KEY = 0x5101_CE01L;

    private static final Duration LOOK_EVERY = Duration.ofSeconds(2);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);
    private static final Duration PAUSE = Duration.ofMillis(250);
    private static final int ANSWER_SECONDS = 5;

    /// The server notices within 25 s that a machine is gone.
    private static final String KEEP_ALIVE =
            "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3";

    private static final String HOLDER = """
            SELECT coalesce(host(a.client_addr), 'this machine') || ', since ' || date_trunc('second', a.backend_start)
            FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
            WHERE l.locktype = 'advisory' AND l.granted AND l.database = (SELECT oid FROM pg_database
            WHERE datname = current_database()) AND l.classid = ? AND l.objid = ? LIMIT 1
            """;

    private final Postgresql engine;
    private final boolean alone;
    private @Nullable Connection connection;
    private volatile String problem = "";
    private @Nullable Beat beat;

    private Tenancy(Postgresql engine, boolean alone) {
        this.engine = engine;
        this.alone = alone;
    }

    /// Returns once it is held. Blocks.
    ///
    /// @param alone   whether the node looks for no others
    /// @param atMost  how long others may take to go; one that died may be there for 25 s more
    /// @throws CannotStart if others stay
    static Tenancy of(Postgresql engine, boolean alone, Duration atMost) {
        var tenancy = new Tenancy(engine, alone);
        var deadline = System.nanoTime() + atMost.toNanos();
        try {
            for (var holder = tenancy.take(); !holder.isEmpty(); holder = tenancy.take()) {
                if (System.nanoTime() > deadline) {
                    tenancy.release();
                    throw new CannotStart(tenancy.words(holder));
                }
                tenancy.tell(holder);
                Thread.sleep(PAUSE);
            }
        } catch (SQLException e) {
            throw engine.cannotStart(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CannotStart("store [%s]: interrupted".formatted(engine.place()), e);
        }
        tenancy.problem = "";
        tenancy.beat = Beat.start("store-tenancy", LOOK_EVERY, tenancy::look, tenancy::release);
        return tenancy;
    }

    /// Who else is there; empty if nobody is who should not be.
    String problem() {
        return problem;
    }

    /// Gives it up. Safe to repeat.
    @Override
    public void close() {
        if (beat != null) {
            beat.close(CLOSE_LIMIT);
        }
    }

    private void look() {
        try {
            if (connection != null && problem.isEmpty() && connection.isValid(ANSWER_SECONDS)) {
                return;
            }
            var holder = take();
            if (holder.isEmpty()) {
                problem = "";
            } else {
                tell(holder);
            }
        } catch (SQLException e) {
            log.debug("store [{}] is away", engine.place(), e); // who needs it says so
        }
    }

    /// @return who has it in a way that keeps us out; empty if we have it
    private String take() throws SQLException {
        if (connection == null || !connection.isValid(ANSWER_SECONDS)) {
            release();
            connection = engine.connection();
            try (var statement = connection.createStatement()) {
                statement.execute(KEEP_ALIVE);
            }
        }
        try (var asked = connection.prepareStatement(
                alone ? "SELECT pg_try_advisory_lock(?)" : "SELECT pg_try_advisory_lock_shared(?)")) {
            asked.setLong(1, KEY);
            return isTrue(asked) ? "" : holder(connection);
        }
    }

    private static boolean isTrue(PreparedStatement asked) throws SQLException {
        try (var answer = asked.executeQuery()) {
            return answer.next() && answer.getBoolean(1);
        }
    }

    private static String holder(Connection connection) throws SQLException {
        try (var asked = connection.prepareStatement(HOLDER)) {
            asked.setLong(1, KEY >>> Integer.SIZE);
            asked.setLong(2, KEY & 0xffff_ffffL);
            try (var answer = asked.executeQuery()) {
                return answer.next() ? answer.getString(1) : "nobody any more";
            }
        }
    }

    private void tell(String holder) {
        if (problem.isEmpty()) {
            log.error("{}", words(holder));
        }
        problem = words(holder);
    }

    private String words(String holder) {
        return ("store [%s]: in use by %s (%s), expected %s; let nodes that belong together find each other"
                        + " (sluice.cluster.discovery), and give others a data base of their own")
                .formatted(
                        engine.place(),
                        alone ? "another node" : "a node that looks for no others",
                        holder,
                        alone ? "none, for this node looks for no others" : "only nodes of this cluster");
    }

    private void release() {
        try {
            if (connection != null) {
                connection.close();
            }
        } catch (SQLException _) {
            // it is gone then
        }
        connection = null;
    }
}
