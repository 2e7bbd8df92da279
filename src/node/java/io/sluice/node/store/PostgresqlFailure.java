package io.sluice.node.store;

import io.sluice.node.settings.CannotStart;
import java.sql.SQLException;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.postgresql.util.PSQLException;

/// What went wrong with a PostgreSQL server, in words an operator can act on. Never with the password: neither the
/// server's messages nor the driver's contain it.
record PostgresqlFailure(PostgresqlSettings settings, Exception failed) {
    private static final String KEYS = Postgresql.KEYS;

    /// One line with the address.
    String reason() {
        return isUnreachable()
                ? "%s cannot be reached: %s".formatted(Postgresql.place(settings), said())
                : "%s: %s".formatted(Postgresql.place(settings), said());
    }

    CannotStart cannotStart() {
        return new CannotStart("store [%s]: %s".formatted(Postgresql.place(settings), wrongAndCure()), failed);
    }

    private String wrongAndCure() {
        var state = driver().map(SQLException::getSQLState).orElse("");
        return switch (state) {
            case "28P01", "28000" -> refusesUs();
            case "08004" -> isAboutTls() ? notSealed() : refusesUs();
            case "3D000" ->
                "has no such data base: %s; make it, CREATE DATABASE \"%s\" OWNER \"%s\", or mend %s.database"
                        .formatted(said(), settings.database(), settings.user(), KEYS);
            case "42501" ->
                "user [%s] may not make its tables: %s; make it owner of the data base or GRANT CREATE ON SCHEMA public"
                        .formatted(settings.user(), said());
            case "53300" ->
                "has no connection free: %s; raise its max_connections or lower %s.connections-max"
                        .formatted(said(), KEYS);
            case "57P03" -> "is not ready: %s; try again when it is".formatted(said());
            case "25006" -> "takes no writes: %s; name the primary in %s.hosts".formatted(said(), KEYS);
            default -> other();
        };
    }

    private String other() {
        if (isAboutTls()) {
            return notSealed();
        }
        return isUnreachable()
                ? "cannot be reached: %s; start it or mend %s.hosts".formatted(said(), KEYS)
                : "cannot be used: %s; mend that or %s".formatted(said(), KEYS);
    }

    private String refusesUs() {
        return "refuses user [%s]: %s; mend %s.user or .password (SLUICE_STORE_PASSWORD), or the server's pg_hba.conf"
                .formatted(settings.user(), said(), KEYS);
    }

    private String notSealed() {
        return "tls = %s cannot be had: %s; mend the server's certificate, %s.ca-cert or .tls"
                .formatted(settings.tls().word(), said(), KEYS);
    }

    /// The driver has no code for it.
    private boolean isAboutTls() {
        return Reasons.find(failed, SSLException.class).isPresent()
                || said().contains("SSL")
                || said().contains("hostnameverifier");
    }

    private boolean isUnreachable() {
        return driver().map(SQLException::getSQLState).orElse("").startsWith("08");
    }

    /// What the driver says; the pool and Flyway wrap it.
    private Optional<PSQLException> driver() {
        return Reasons.deepest(failed, PSQLException.class);
    }

    private String said() {
        return Reasons.deepest(failed);
    }
}
