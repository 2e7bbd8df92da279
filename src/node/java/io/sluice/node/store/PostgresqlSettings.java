package io.sluice.node.store;

import io.sluice.node.secret.Secret;
import io.sluice.node.settings.Pem;
import io.sluice.node.settings.Section;
import io.sluice.node.settings.ServerAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// A PostgreSQL server: where it is, how it lets us in, and how long it may keep us waiting.
///
/// @param hosts            `host:port` each; the one that takes writes is used
/// @param tls              how connections are sealed
/// @param caCert           PEM file of the certificates we trust; empty: those of the Java runtime
/// @param connectionsMax   most connections of this node
/// @param connectTimeout   longest wait until a host lets us in
/// @param statementTimeout longest time of a statement, and longest wait for a lock
/// @param socketTimeout    longest silence in a connection
public record PostgresqlSettings(
        List<String> hosts,
        String database,
        String user,
        Secret password,
        Tls tls,
        Optional<Path> caCert,
        int connectionsMax,
        Duration connectTimeout,
        Duration statementTimeout,
        Duration socketTimeout) {

    /// How connections are sealed, in PostgreSQL's own words (`sslmode`).
    public enum Tls {
        /// The server's certificate is checked, and that it is the host's.
        VERIFY_FULL,
        /// The server's certificate is checked.
        VERIFY_CA,
        /// Sealed, and nobody knows towards whom.
        REQUIRE,
        DISABLE;

        String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /// Flyway takes one to hold its lock and one to work; another looks in meanwhile.
    static final int CONNECTIONS_LEAST = 2;

    private static final int CONNECTIONS_MOST = 200;
    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofMinutes(2);

    public PostgresqlSettings {
        hosts = List.copyOf(hosts);
    }

    /// Reads `sluice.store.postgresql`.
    ///
    /// @param used whether what must be there has to be there
    static PostgresqlSettings from(Section section, boolean used) {
        var settings = new PostgresqlSettings(
                hosts(section),
                section.text("database"),
                section.text("user"),
                section.secret("password"),
                section.choice("tls", Tls.class),
                Pem.CERTIFICATE.file(section, "ca-cert"),
                section.number("connections-max", CONNECTIONS_LEAST, CONNECTIONS_MOST),
                section.duration("connect-timeout", SHORTEST, LONGEST),
                section.duration("statement-timeout", SHORTEST, LONGEST),
                section.duration("socket-timeout", SHORTEST, LONGEST));
        if (used) {
            settings.check(section);
        }
        return settings;
    }

    private void check(Section section) {
        if (hosts.isEmpty()) {
            section.problem("hosts", "must name at least one server, e.g. postgres-1:5432");
        }
        if (database.isEmpty()) {
            section.problem("database", "must not be empty");
        }
        if (user.isEmpty()) {
            section.problem("user", "must not be empty");
        }
        if (caCert.isPresent() && (tls == Tls.REQUIRE || tls == Tls.DISABLE)) {
            section.problem("ca-cert", "must be empty when tls is " + tls.word() + ", which checks no certificate");
        }
        if (socketTimeout.compareTo(statementTimeout) <= 0) {
            section.problem("socket-timeout", "must be longer than statement-timeout, or it ends what still runs");
        }
    }

    private static List<String> hosts(Section section) {
        var hosts = section.textsOrCommas("hosts");
        for (var host : hosts) {
            try {
                ServerAddress.check(host, "postgres-1:5432 or [::1]:5432");
            } catch (IllegalArgumentException e) {
                section.problem("hosts", "has a bad " + e.getMessage());
            }
        }
        return hosts;
    }
}
