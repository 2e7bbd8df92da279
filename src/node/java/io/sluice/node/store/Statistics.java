package io.sluice.node.store;

import io.sluice.node.observe.Figures;
import io.sluice.node.observe.Latencies;
import io.sluice.node.observe.Sums;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// Keeps what went through integrations in each minute on each node, for a while. Nodes that share a data base share
/// its statistics. Blocks: call it from a virtual thread.
public final class Statistics {
    /// An integration in some time, all nodes together.
    ///
    /// @param at               beginning of that time
    /// @param lagMillisMax     highest age of the oldest message that a task had not finished
    /// @param latencyMicrosP50 time from handing over until safe that half of the messages did not exceed;
    ///                         the others alike, each with an error of 1 %; 0 if there were none
    public record Point(
            Instant at,
            Sums sums,
            long lagMillisMax,
            long latencyMicrosP50,
            long latencyMicrosP95,
            long latencyMicrosP99,
            long latencyMicrosMax) {}

    /// An integration in some time, all nodes together, where percentiles would take too long.
    public record Totals(Sums sums, long lagMillisMax, long latencyMicrosMax) {
        public static final Totals NONE = new Totals(Sums.NONE, 0, 0);
    }

    /// Most points of one answer.
    public static final int POINTS_MAX = 11_000;

    private static final String SUMS =
            "routed, routed_bytes, delivered, queued, parked, discarded, failures, resends, lag_millis_max, latency_micros_max";
    private static final String COLUMNS = "snapshot, node, integration, began_at, " + SUMS + ", latencies";
    private static final String TOTALS = """
            SELECT integration, SUM(routed) AS routed, SUM(routed_bytes) AS routed_bytes, SUM(delivered) AS delivered, \
            SUM(queued) AS queued, SUM(parked) AS parked, SUM(discarded) AS discarded, SUM(failures) AS failures, \
            SUM(resends) AS resends, MAX(lag_millis_max) AS lag_millis_max, \
            MAX(latency_micros_max) AS latency_micros_max \
            FROM statistics WHERE began_at >= ? AND began_at < ? %s GROUP BY integration""";

    private static final int ROWS_AT_A_TIME = 500;
    private static final int BATCHES_MAX = 100;

    private final Database database;

    Statistics(Database database) {
        this.database = database;
    }

    /// Keeps what a node counted in a minute, by integration: all of it or nothing, durable on return. A snapshot that
    /// is there already is not added again.
    ///
    /// @throws StoreFailed if it could not be written
    public void add(long snapshot, String node, Instant minute, Map<String, Figures> figures) {
        database.call("statistics", connection -> {
            connection.setAutoCommit(false);
            try (var insert = connection.prepareStatement(
                    "INSERT INTO statistics (" + COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
                for (var entry : figures.entrySet()) {
                    insert.setLong(1, snapshot);
                    insert.setString(2, node);
                    insert.setString(3, entry.getKey());
                    insert.setObject(4, utc(minute));
                    fill(insert, entry.getValue());
                    insert.addBatch();
                }
                insert.executeBatch();
                connection.commit();
                return figures.size();
            } catch (SQLException e) {
                if (!SqlState.isDuplicate(e)) {
                    throw e;
                }
                connection.rollback();
                return 0;
            }
        });
    }

    /// Points of an integration from the minute of an instant on, each for a step, without a gap.
    ///
    /// @param to   not included
    /// @param step whole minutes
    /// @throws IllegalArgumentException for a step that is none, or more than [#POINTS_MAX] points
    public List<Point> series(String integration, Instant from, Instant to, Duration step) {
        var steps = new Steps(from.truncatedTo(ChronoUnit.MINUTES), to, step);
        return database.call("statistics of [%s]".formatted(integration), connection -> {
            connection.setAutoCommit(false); // else PostgreSQL's driver takes all rows into memory
            try (var select = connection.prepareStatement("SELECT began_at, " + SUMS + ", latencies FROM statistics"
                    + " WHERE integration = ? AND began_at >= ? AND began_at < ? ORDER BY began_at")) {
                select.setFetchSize(ROWS_AT_A_TIME);
                select.setString(1, integration);
                select.setObject(2, utc(steps.from));
                select.setObject(3, utc(to));
                var rows = select.executeQuery();
                while (rows.next()) {
                    steps.add(rows);
                }
            }
            connection.commit();
            return steps.points();
        });
    }

    /// Of each integration that has any.
    public SortedMap<String, Totals> totals(Instant from, Instant to) {
        return database.call("statistics", connection -> {
            try (var select = connection.prepareStatement(TOTALS.formatted(""))) {
                return totals(select, from, to);
            }
        });
    }

    /// Of one integration.
    public Totals totals(String integration, Instant from, Instant to) {
        return database.call("statistics of [%s]".formatted(integration), connection -> {
            try (var select = connection.prepareStatement(TOTALS.formatted("AND integration = ?"))) {
                select.setString(3, integration);
                return totals(select, from, to).getOrDefault(integration, Totals.NONE);
            }
        });
    }

    /// Deletes what is too old, a bounded part of it at a time.
    ///
    /// @param oldest that may stay
    /// @return how many rows
    public int tidy(Instant oldest) {
        return new Cleaning(database, "statistics", "statistics", "snapshot", "began_at < ?", BATCHES_MAX)
                .run(utc(oldest));
    }

    /// From column 5 on.
    private static void fill(PreparedStatement insert, Figures figures) throws SQLException {
        var sums = figures.sums();
        insert.setLong(5, sums.routed());
        insert.setLong(6, sums.routedBytes());
        insert.setLong(7, sums.delivered());
        insert.setLong(8, sums.queued());
        insert.setLong(9, sums.parked());
        insert.setLong(10, sums.discarded());
        insert.setLong(11, sums.failures());
        insert.setLong(12, sums.resends());
        insert.setLong(13, figures.lagMillisMax());
        insert.setLong(14, figures.latencyMicrosMax());
        insert.setBytes(15, figures.latencies());
    }

    private static SortedMap<String, Totals> totals(PreparedStatement select, Instant from, Instant to)
            throws SQLException {
        select.setObject(1, utc(from));
        select.setObject(2, utc(to));
        var rows = select.executeQuery();
        var totals = new TreeMap<String, Totals>();
        while (rows.next()) {
            totals.put(
                    rows.getString("integration"),
                    new Totals(sums(rows), rows.getLong("lag_millis_max"), rows.getLong("latency_micros_max")));
        }
        return totals;
    }

    private static Sums sums(ResultSet row) throws SQLException {
        return new Sums(
                row.getLong("routed"),
                row.getLong("routed_bytes"),
                row.getLong("delivered"),
                row.getLong("queued"),
                row.getLong("parked"),
                row.getLong("discarded"),
                row.getLong("failures"),
                row.getLong("resends"));
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    /// Puts rows together, oldest first.
    private static final class Steps {
        private final Instant from;
        private final Duration step;
        private final long count;
        private final List<Point> points = new ArrayList<>();
        private Sums sums = Sums.NONE;
        private long lagMillisMax;
        private long latencyMicrosMax;
        private Latencies latencies = new Latencies();

        private Steps(Instant from, Instant to, Duration step) {
            if (step.isZero() || step.isNegative() || step.toSeconds() % 60 != 0 || step.toNanosPart() != 0) {
                throw new IllegalArgumentException("statistics: expected a step of whole minutes, was " + step);
            }
            this.from = from;
            this.step = step;
            this.count = Math.ceilDiv(Duration.between(from, to).toMillis(), step.toMillis());
            if (count > POINTS_MAX) {
                throw new IllegalArgumentException("statistics: expected at most %d points, was %d; take a larger step"
                        .formatted(POINTS_MAX, count));
            }
        }

        private void add(ResultSet row) throws SQLException {
            var at = row.getObject("began_at", OffsetDateTime.class).toInstant();
            var index = Duration.between(from, at).dividedBy(step);
            while (points.size() < index) {
                close();
            }
            sums = sums.plus(sums(row));
            lagMillisMax = Math.max(lagMillisMax, row.getLong("lag_millis_max"));
            latencyMicrosMax = Math.max(latencyMicrosMax, row.getLong("latency_micros_max"));
            latencies.add(row.getBytes("latencies"));
        }

        private List<Point> points() {
            while (points.size() < count) {
                close();
            }
            return points;
        }

        private void close() {
            points.add(new Point(
                    from.plus(step.multipliedBy(points.size())),
                    sums,
                    lagMillisMax,
                    latencies.micros(50),
                    latencies.micros(95),
                    latencies.micros(99),
                    latencyMicrosMax));
            sums = Sums.NONE;
            lagMillisMax = 0;
            latencyMicrosMax = 0;
            latencies = new Latencies();
        }
    }
}
