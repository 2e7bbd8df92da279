package io.sluice.node.catalog;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.persistence.jdbc.query.javadsl.JdbcReadJournal;
import org.apache.pekko.persistence.query.PersistenceQuery;
import org.apache.pekko.stream.javadsl.Sink;

/// Every change of the catalog that was ever made, the audit log. Blocks: call it from a virtual thread.
public final class AuditLog {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    /// @param version of the catalog after it
    public record Recorded(long version, Changed changed) {}

    /// The store did not answer.
    public static final class Away extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private Away(Throwable cause) {
            super("catalog: expected its changes within %d s, was none".formatted(LIMIT.toSeconds()), cause);
        }
    }

    private final ActorSystem<?> system;
    private final JdbcReadJournal journal;

    public AuditLog(ActorSystem<?> system) {
        this.system = system;
        this.journal =
                PersistenceQuery.get(system).getReadJournalFor(JdbcReadJournal.class, JdbcReadJournal.Identifier());
    }

    /// Changes from one version to another, both included, in their order.
    ///
    /// @throws Away if the store did not answer
    public List<Recorded> read(long from, long to) {
        try {
            return journal.currentEventsByPersistenceId(Catalog.ID.id(), from, to)
                    .map(envelope -> new Recorded(envelope.sequenceNr(), (Changed) envelope.event()))
                    .runWith(Sink.seq(), system)
                    .toCompletableFuture()
                    .get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Away(e);
        } catch (ExecutionException | TimeoutException e) {
            throw new Away(e);
        }
    }
}
