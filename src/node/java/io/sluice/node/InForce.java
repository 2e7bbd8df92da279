package io.sluice.node;

import io.sluice.node.catalog.CatalogState;
import io.sluice.node.observe.Readiness;
import io.sluice.node.settings.CannotStart;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Puts each version of the catalog that this node comes to know into force. One thread at a time.
final class InForce {
    private static final Logger log = LoggerFactory.getLogger(InForce.class);

    private final Definitions definitions;
    private final ActorRef<Ingest.Command> ingest;
    private final Consumer<CatalogState> seen;
    private final CompletableFuture<Void> first = new CompletableFuture<>();
    private volatile List<String> problems = List.of();

    /// @param seen told each version once it is in force, or what of it can be
    InForce(
            Definitions definitions,
            Readiness readiness,
            ActorRef<Ingest.Command> ingest,
            Consumer<CatalogState> seen) {
        this.definitions = definitions;
        this.ingest = ingest;
        this.seen = seen;
        readiness.require("definitions", () -> String.join("; ", problems));
    }

    /// Done when the first version is in force; fails with [CannotStart] if a definition of it cannot be
    /// used: the node would discard what the integration is there to take.
    CompletableFuture<Void> first() {
        return first;
    }

    void know(CatalogState catalog) {
        var read = definitions.read(catalog);
        if (!first.isDone() && !read.problems().isEmpty()) {
            first.completeExceptionally(
                    new CannotStart("catalog: this node cannot use what it defines; mend its configuration:\n  "
                            + String.join("\n  ", read.problems())));
            return;
        }
        read.problems().forEach(problem -> log.error("the catalog has what this node cannot use: {}", problem));
        problems = read.problems();
        var arranged = new CompletableFuture<Void>();
        var _ = arranged.whenComplete((_, failure) -> {
            if (failure == null) {
                seen.accept(catalog);
                first.complete(null);
            } else {
                first.completeExceptionally(failure);
            }
        });
        ingest.tell(new Ingest.Arrange(catalog.version(), read.integrations(), arranged));
    }
}
