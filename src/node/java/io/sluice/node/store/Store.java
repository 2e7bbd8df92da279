package io.sluice.node.store;

import io.sluice.node.settings.CannotStart;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import org.flywaydb.core.Flyway;
import org.h2.api.ErrorCode;
import org.jspecify.annotations.Nullable;

/// The data base of a node, an H2 file that one process holds at a time.
///
/// Everything it lends blocks: call it from a virtual thread, never from an actor or an event loop. An interrupt does
/// not hurt it. What a call has returned survives a kill of the process; the operating system may lose the last seconds
/// when the machine loses its power.
public final class Store implements AutoCloseable {
    private final Database database;
    private final TaskEpochs epochs;
    private final DeadLetters deadLetters;

    private Store(Database database, int deadLettersMax) {
        this.database = database;
        this.epochs = new TaskEpochs(database);
        this.deadLetters = new DeadLetters(database, deadLettersMax);
    }

    /// Opens the file, made if it is new, and brings its tables up to date. Blocks.
    ///
    /// @throws CannotStart if it is in use, damaged, or cannot be written
    public static Store open(StoreSettings settings) {
        @Nullable Database database = null;
        try {
            Files.createDirectories(settings.dir());
            database = new Database(settings.url());
            migrate(database);
            return new Store(database, settings.deadLettersMax());
        } catch (IOException | RuntimeException e) {
            if (database != null) {
                database.close();
            }
            throw cannotStart(settings, e);
        }
    }

    public TaskEpochs epochs() {
        return epochs;
    }

    /// For the actor system, so that its journal is kept here.
    public Journal.Access journal() {
        return new Journal.Access(database.dataSource(), Database.CONNECTIONS);
    }

    public DeadLetters deadLetters() {
        return deadLetters;
    }

    /// Safe to repeat.
    @Override
    public void close() {
        database.close();
    }

    private static void migrate(Database database) {
        Flyway.configure()
                .dataSource(database.dataSource())
                .locations("classpath:db/migration", "classpath:db/h2")
                .table("schema_history")
                .placeholders(Map.of("bytes", "BLOB"))
                .load()
                .migrate();
    }

    private static CannotStart cannotStart(StoreSettings settings, Exception e) {
        var where = "store [%s]: ".formatted(settings.dir());
        return switch (sqlCause(e).map(SQLException::getErrorCode).orElse(0)) {
            case ErrorCode.DATABASE_ALREADY_OPEN_1 ->
                new CannotStart(where + "in use by another node; stop that one or set another sluice.data-dir", e);
            case ErrorCode.FILE_CORRUPTED_1, ErrorCode.FILE_VERSION_ERROR_1 ->
                new CannotStart(
                        where
                                + "damaged: %s; restore it from a backup, or move it away to start with none"
                                        .formatted(Database.rootMessage(e)),
                        e);
            default ->
                new CannotStart(
                        where
                                + "cannot be opened: %s; mend that or set another sluice.data-dir"
                                        .formatted(Database.rootMessage(e)),
                        e);
        };
    }

    private static Optional<SQLException> sqlCause(@Nullable Throwable e) {
        return switch (e) {
            case null -> Optional.empty();
            case SQLException sql -> Optional.of(sql);
            default -> sqlCause(e.getCause());
        };
    }
}
