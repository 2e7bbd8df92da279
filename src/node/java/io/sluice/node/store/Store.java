package io.sluice.node.store;

import io.sluice.node.settings.CannotStart;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;

/// The data base of a node: an H2 file that one process holds at a time, or a PostgreSQL server that all nodes share.
///
/// Everything it lends blocks, and not for ever: call it from a virtual thread, never from an actor or an
/// event loop. An interrupt does not hurt it. What a call has returned survives a kill of the process, and of
/// PostgreSQL; the operating system may lose the last seconds of an H2 file when the machine loses its power.
/// While a server is away every call fails in bounded time; when it is back they work again.
public final class Store implements AutoCloseable {
    private final Database database;
    private final Epochs epochs;
    private final DeadLetters deadLetters;
    private final StoredSessions sessions;
    private final Events events;
    private final Statistics statistics;
    private final QueuePlaces queues;
    private Optional<Tenancy> tenancy = Optional.empty();

    private Store(Database database, int deadLettersMax) {
        this.database = database;
        this.epochs = new Epochs(database);
        this.deadLetters = new DeadLetters(database, deadLettersMax);
        this.sessions = new StoredSessions(database);
        this.events = new Events(database);
        this.statistics = new Statistics(database);
        this.queues = new QueuePlaces(database);
    }

    /// Opens the data base, a file made if it is new, and brings its tables up to date. Of several nodes that do so at
    /// once one does it and the others wait. Blocks.
    ///
    /// @throws CannotStart if it is in use, damaged, cannot be written, cannot be reached or lets us not in
    public static Store open(StoreSettings settings) {
        var engine = Engine.of(settings);
        @Nullable Database database = null;
        try {
            engine.prepare();
            database = new Database(engine);
            engine.check(database.dataSource());
            engine.migrations(Flyway.configure().table("schema_history"), database.dataSource())
                    .load()
                    .migrate();
            return new Store(database, settings.deadLettersMax());
        } catch (IOException | SQLException | RuntimeException e) {
            if (database != null) {
                database.close();
            }
            throw e instanceof CannotStart known ? known : engine.cannotStart(e);
        }
    }

    /// Keeps out nodes that this one does not know, until the store is closed; a file is kept by whoever opened it.
    /// Blocks.
    ///
    /// @param alone  whether this node looks for no others
    /// @param atMost how long others may take to go
    /// @throws CannotStart if there are such nodes; the store is closed then
    public void keepStrangersOut(boolean alone, Duration atMost) {
        try {
            if (database.engine() instanceof Postgresql engine) {
                tenancy = Optional.of(Tenancy.of(engine, alone, atMost));
            }
        } catch (CannotStart e) {
            close();
            throw e;
        }
    }

    /// Nodes that came nevertheless, while the server was away; empty if there are none. Any thread.
    public String strangers() {
        return tenancy.map(Tenancy::problem).orElse("");
    }

    public Epochs epochs() {
        return epochs;
    }

    /// For the actor system, so that its journal is kept here.
    public Journal.Access journal() {
        return new Journal.Access(database.dataSource(), database.engine());
    }

    public DeadLetters deadLetters() {
        return deadLetters;
    }

    public StoredSessions sessions() {
        return sessions;
    }

    /// What happened to integrations.
    public Events events() {
        return events;
    }

    /// What went through integrations.
    public Statistics statistics() {
        return statistics;
    }

    /// Where integrations have queues.
    public QueuePlaces queues() {
        return queues;
    }

    /// Safe to repeat.
    @Override
    public void close() {
        tenancy.ifPresent(Tenancy::close);
        database.close();
    }
}
